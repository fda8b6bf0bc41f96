# shellcheck shell=sh disable=SC1091 # host.sh, where it is run
# Prints what netplan generates for systemd-networkd: a line "== NAME" before each file.
set -eu
netplan generate 2>/dev/null
cd /run/systemd/network
for each in *; do
  echo "== $each"
  cat "$each"
done
