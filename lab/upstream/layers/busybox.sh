#!/bin/sh
# Makes the small image for pods that test things: Debian's static busybox under all of its names.
# usage: busybox.sh DIRECTORY
set -eu
cd "$1"
mkdir -p bin etc root tmp var/www
cp /usr/bin/busybox bin/busybox
for name in $(busybox --list); do
  [ "$name" = busybox ] || ln -s busybox "bin/$name"
done
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
