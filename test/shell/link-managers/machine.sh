#!/bin/sh
# machine.sh DIRECTORY PACKAGE...: installs packages on a copy of this machine, for whoever enters its mount namespace: what
# they add to / is in DIRECTORY/upper. None of them is started. Prints "ready", and stays until its standard input ends.
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
# Hosts are laid over / and these files, not over this overlay: the kernel stacks two, and / may be one.
cd /
umount -R "$directory/root"
echo ready
cat >/dev/null
