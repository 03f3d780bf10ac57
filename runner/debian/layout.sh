#!/bin/bash
# Usage: layout.sh <root>
# Gives a Debian root what runner/README.md promises. Called by build.sh within mmdebstrap.
set -euo pipefail

root=$1
here=$(dirname "$(readlink -f "$0")")

ln -sf bash "$root/bin/sh"

install -d "$root/usr/share/kiln" "$root/etc/makepkg.conf.d" "$root/etc/pacman.d"
cp -r "$KILN_MIRROR" "$root/usr/share/kiln/mirror"
install -m 644 "$here/pacman.conf" "$root/etc/pacman.conf"
# shellcheck disable=SC2016 # pacman expands these.
echo 'Server = file:///usr/share/kiln/mirror/$repo/os/$arch' > "$root/etc/pacman.d/mirrorlist"
touch "$root/etc/pacman.d/kiln.conf"

# Debian's makepkg is older than makepkg.conf.d.
install -m 644 "$here/../makepkg.conf" "$root/etc/makepkg.conf.d/kiln.conf"
cat "$here/makepkg.conf" >> "$root/etc/makepkg.conf"

chroot "$root" useradd --uid 1000 --user-group --create-home --shell /bin/bash build
chroot "$root" install -d -o build -g build \
  /build /build/source /build/packages /build/downloads /build/work

chroot "$root" pacman-key --init
chroot "$root" gpgconf --homedir /etc/pacman.d/gnupg --kill all
chroot "$root" pacman -Sy --noconfirm --noprogressbar base base-devel
rm -rf "$root"/var/cache/pacman/pkg/* "$root"/var/lib/pacman/sync/*
