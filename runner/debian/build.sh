#!/bin/bash
# Usage: build.sh <image>
# Makes the stand-in from Debian's packages and imports it into the engine at DOCKER_HOST.
# Needs root, mmdebstrap, docker, and what mirror.sh needs.
set -euo pipefail

image=$1
KILN_STANDIN=$(dirname "$(readlink -f "$0")")
KILN_MIRROR=$(mktemp -d)
export KILN_STANDIN KILN_MIRROR
trap 'rm -rf "$KILN_MIRROR"' EXIT

packages=ca-certificates,makepkg,pacman-package-manager,libarchive-tools,gnupg,git,build-essential
packages+=,fakeroot,file,zstd,xz-utils,bzip2,curl,gettext,binutils,debugedit,nftables,procps

unwanted=()
for path in man doc info locale; do unwanted+=("--dpkgopt=path-exclude=/usr/share/$path/*"); done

echo "making a small mirror of packages that hold no files"
"$KILN_STANDIN/mirror.sh" "$KILN_MIRROR"
chmod 755 "$KILN_MIRROR"

echo "installing Debian's makepkg, pacman and compilers into an image: about a minute"
# shellcheck disable=SC2016 # mmdebstrap's shell expands the hook, with the root directory as $1.
id=$(mmdebstrap --quiet --variant=minbase --include="$packages" "${unwanted[@]}" \
  --customize-hook='"$KILN_STANDIN/layout.sh" "$1"' "${DEBIAN_SUITE:-bookworm}" - \
  | docker import \
    --change 'LABEL kiln.runner=2' \
    --change 'LABEL kiln.runner.stand-in=1' \
    --change 'LABEL org.opencontainers.image.description="Debian stand-in for the kiln runner: for trying out"' \
    --change 'WORKDIR /build/source' \
    --change "CMD [\"bash\", \"-c\", \"trap 'exit 0' TERM INT; sleep infinity & wait\"]" \
    -)

# Tagged only now: a stream that broke off leaves no image under the name.
docker tag "$id" "$image"
echo "imported $image"
