#!/bin/sh
# Usage: entrypoint.sh <service>|all|ready|<program> [argument...]
# Runs a service, or all in one process; `ready` says whether what runs here can work. What is started as
# root, as serene is, goes on as the user kiln, in the group of docker's socket, once DATA_DIR is kiln's.
set -eu

home=$(dirname "$(dirname "$(readlink -f "$0")")")
case ${1:-all} in
  all) set -- bun "$home/services/all.ts" ;;
  ready) exec bun -e "process.exit((await fetch('http://127.0.0.1:${PORT}/readyz')).ok ? 0 : 1)" ;;
  *) if [ -f "$home/services/$1/service.ts" ]; then set -- bun "$home/services/$1/service.ts"; fi ;;
esac
[ "$(id -u)" -eq 0 ] || exec "$@"

if ! find "$DATA_DIR" ! -user kiln -exec chown -h kiln:kiln {} +; then
  echo "DATA_DIR cannot be given to the user kiln: going on as root" >&2
  exec "$@"
fi
socket=${DOCKER_URL:-${DOCKER_HOST:-/var/run/docker.sock}}
groups=$(id -g kiln)
if [ -S "${socket#unix://}" ]; then groups=$groups,$(stat -c %g "${socket#unix://}"); fi
exec setpriv --reuid=kiln --regid=kiln --groups="$groups" --no-new-privs -- "$@"
