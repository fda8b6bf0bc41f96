#!/bin/sh
# Runs inside a lab host early in its boot: what a container manager withholds and a kubelet needs.
set -eu

# systemd-nspawn leaves the cgroup v1 hierarchies read-only inside; they are rooted at the host's own cgroup.
while read -r _ point type _; do
  case $type in
    cgroup | cgroup2) mount -o remount,bind,rw "$point" || : ;;
  esac
done </proc/mounts

# Volumes that a pod mounts must reach the containers that share them.
mount --make-rshared /

# Settings of the whole machine (lab/src/machine-settings.ts): this host has files of its own in their place.
mkdir -p /run/provision-lab
for setting in max_user_instances=128 max_user_watches=65536; do
  echo "${setting#*=}" >"/run/provision-lab/${setting%=*}"
  mount --bind "/run/provision-lab/${setting%=*}" "/proc/sys/fs/inotify/${setting%=*}"
done
