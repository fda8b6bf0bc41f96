#!/bin/sh
# Fetches an archive and its checksum into DIRECTORY, and verifies it.
# usage: helm.sh DIRECTORY URL
set -eu
cd "$1"
for url in "$2" "$2.sha256sum"; do
  echo "${url##*/}"
  curl -fsSLO --connect-timeout 10 --speed-limit 1 --speed-time 30 --retry 2 "$url"
done
sha256sum --check --quiet "${2##*/}.sha256sum"
