#!/bin/sh
# Usage: [BASE=<image>] [BUN=<program>] build-image.sh [<tag>]
# Makes the image of kiln, and says how large it is. The packages come from where bun.lock says, for glibc
# as well as for musl; without a bun on this machine, the base image installs them.
set -eu

root=$(dirname "$(dirname "$(readlink -f "$0")")")
version=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$root/package.json")
base=${BASE:-oven/bun:1.4-alpine}
image=${1:-kiln:$version}
bun=${BUN:-$(command -v bun || echo "$root/node_modules/.bin/bun")}
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT

cd "$root"
cp -R package.json bun.lock bunfig.toml LICENSE services shared cli runner compose "$context"
rm -rf "$context/compose/.env" "$context/compose/secrets"
cd "$context"
if [ -x "$bun" ]; then
  "$bun" install --production --omit=peer --frozen-lockfile --ignore-scripts --silent
else
  docker run --rm --user "$(id -u):$(id -g)" --env HOME=/tmp --volume "$context:$context" --workdir "$context" \
    --entrypoint bun "$base" install --production --omit=peer --frozen-lockfile --ignore-scripts --silent
fi
# Types, which nothing reads at run time.
# The base image has a Bun of its own.
rm -rf node_modules/bun node_modules/@oven node_modules/.bin/bun node_modules/.bin/bunx node_modules/@types
find node_modules \( -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' \) -delete
chmod -R a+rX .
docker build --build-arg "BASE=$base" --file compose/Dockerfile --tag "$image" .
docker image ls "$image"
