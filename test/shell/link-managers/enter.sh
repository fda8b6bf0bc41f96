#!/bin/sh
# enter.sh DIRECTORY FILES SCRIPT: runs a script on a host that is the machine of machine.sh with FILES laid over it, in
# namespaces of its own: nothing that it does is seen outside.
set -eu
directory=$1 files=$2 script=$3
mount --make-rprivate /
place=$(mktemp -d)
mount -t tmpfs tmpfs "$place"
mkdir "$place/upper" "$place/work" "$place/root"
mount -t overlay overlay -o "lowerdir=$directory/upper:/,upperdir=$place/upper,workdir=$place/work" "$place/root"
cd "$place/root"
mount --rbind /dev dev
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mkdir run/test
cp "${0%/*}"/*.sh run/test/
rm -rf etc/network/interfaces.d etc/NetworkManager/system-connections
cp -rT "$files" .
exec chroot . sh "/run/test/$script"
