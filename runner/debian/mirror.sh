#!/bin/bash
# Usage: mirror.sh <directory>
# Writes packages.txt as pacman repositories to <directory>/{core,extra,multilib}/os/x86_64/.
# Needs bsdtar, zstd and repo-add.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
mirror=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000

# fields KEY VALUE,VALUE: the lines of a .PKGINFO for a list of values
fields() {
  local value
  for value in ${2//,/ }; do echo "$1 = $value"; done
}

package() {
  local repository=$1 name=$2 version=$3 arch=$4 option
  shift 4
  {
    echo "pkgname = $name"
    echo "pkgbase = $name"
    echo "xdata = pkgtype=pkg"
    echo "pkgver = $version"
    echo "pkgdesc = holds no files: for trying out kiln"
    echo "url = https://archlinux.org/packages/"
    echo "builddate = $SOURCE_DATE_EPOCH"
    echo "packager = kiln stand-in"
    echo "size = 0"
    echo "arch = $arch"
    echo "license = 0BSD"
    for option; do
      case $option in
        depends=*) fields depend "${option#*=}" ;;
        provides=*) fields provides "${option#*=}" ;;
        *) echo "packages.txt: unknown field $option of $name" >&2; exit 1 ;;
      esac
    done
  } > "$work/.PKGINFO"
  touch -d "@$SOURCE_DATE_EPOCH" "$work/.PKGINFO"
  bsdtar --uid 0 --gid 0 --uname root --gname root --format ustar -cf - -C "$work" .PKGINFO \
    | zstd -q -c > "$mirror/$repository/os/x86_64/$name-$version-$arch.pkg.tar.zst"
}

for repository in core extra multilib; do
  rm -rf "${mirror:?}/$repository"
  mkdir -p "$mirror/$repository/os/x86_64"
done

while read -r -a columns; do
  [[ ${#columns[@]} -eq 0 || ${columns[0]} == \#* ]] || package "${columns[@]}"
done < "$here/packages.txt"

for repository in core extra; do
  repo-add -q "$mirror/$repository/os/x86_64/$repository.db.tar.gz" \
    "$mirror/$repository/os/x86_64/"*.pkg.tar.zst
done

# repo-add makes no empty repository.
for kind in db files; do
  bsdtar -czf "$mirror/multilib/os/x86_64/multilib.$kind.tar.gz" -T /dev/null
  ln -s "multilib.$kind.tar.gz" "$mirror/multilib/os/x86_64/multilib.$kind"
done
