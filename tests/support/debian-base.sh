#!/bin/bash
# Usage: debian-base.sh <image> <bun>
# Makes a base image of Debian's packages for kiln's, with what compose runs beside it, and the program <bun>.
set -euo pipefail

packages=ca-certificates,caddy,git,gnupg,nats-server,tini,util-linux,wget
unwanted=()
for path in man doc info locale; do unwanted+=("--dpkgopt=path-exclude=/usr/share/$path/*"); done

BUN=$(readlink -f "$2")
export BUN
# shellcheck disable=SC2016 # mmdebstrap's shell expands the hook, with the root directory as $1.
id=$(mmdebstrap --quiet --variant=minbase --include="$packages" "${unwanted[@]}" \
  --customize-hook='install -m 755 "$BUN" "$1/usr/local/bin/bun"' bookworm - \
  | docker import --change 'LABEL kiln.test=1' -)
docker tag "$id" "$1"
