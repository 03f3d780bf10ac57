#!/bin/sh
# Usage: init.sh [<domain>]
# Makes .env, with a password for each user of nats-server, and a first secret for the API. What is there stays.
set -eu

here=$(dirname "$(readlink -f "$0")")
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

if [ ! -e "$here/.env" ]; then
  # Nobody else's, before anything is in it.
  (umask 077; : > "$here/.env.new")
  socket=/var/run/docker.sock
  {
    echo COMPOSE_PROJECT_NAME=kiln
    echo "DOMAIN=${1:-localhost}"
    if [ -S "$socket" ]; then echo "DOCKER_GID=$(stat -L -c %g "$socket")"; else echo DOCKER_GID=0; fi
    # With a letter at its start: nats-server would read some others as numbers.
    grep -o 'NATS_[A-Z]*_PASSWORD' "$here/nats-server.conf" | sort -u | while read -r name; do
      echo "$name=k$(random)"
    done
  } > "$here/.env.new"
  mv "$here/.env.new" "$here/.env"
  echo "made $here/.env"
fi

if [ ! -e "$here/secrets/authorized_secrets" ]; then
  mkdir -p "$here/secrets"
  secret=$(random)
  hash=$(printf %s "$secret" | sha256sum | cut -d ' ' -f 1 | sed 's/../0x& /g')
  for byte in $hash; do
    # shellcheck disable=SC2059 # Each byte is a format: an octal escape.
    printf "$(printf '\\%03o' "$byte")"
  done | base64 | sed 's/$/ first/' > "$here/secrets/authorized_secrets"
  echo "the first secret, for KILN_SECRET: $secret"
fi
