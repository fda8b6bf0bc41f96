#!/bin/sh
# machine.sh DIRECTORY PACKAGE...: this machine with these packages, below DIRECTORY/root, for whoever enters its mount
# namespace. Installed for real, but nothing of them is started. Prints "ready", and stays until its standard input ends.
set -eu
directory=$1
shift
mount --make-rprivate /
mount -t tmpfs tmpfs "$directory"
mkdir "$directory/upper" "$directory/work" "$directory/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"
cd "$directory/root"
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
chroot . sh -c '
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@"' - "$@" >"$directory/log" 2>&1 || {
  cat "$directory/log" >&2
  exit 1
}
echo ready
cat >/dev/null
