#!/bin/sh
# Keeps one lab host running: a reboot inside starts it anew, a power-off inside ends this script.
#
# usage: supervise.sh DIRECTORY
# DIRECTORY/settings holds ID NAME BRIDGE LINK MAC ADDRESS PREFIX GATEWAY MTU BINDS (one --bind argument a line);
# DIRECTORY/root is the host's mounted root file system. Everything made here carries ID or LINK in its name, so that it
# can be found and removed without this process.
set -eu

directory=$1
# shellcheck source=/dev/null
. "$directory/settings"
namespace=$directory/net

# A cgroup of the host's own in every hierarchy, entered before systemd-nspawn starts: its cgroup namespace roots there.
enter_cgroups() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    hierarchies=/sys/fs/cgroup
  else
    hierarchies=$(find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d)
  fi
  for hierarchy in $hierarchies; do
    [ -e "$hierarchy/cgroup.procs" ] || continue
    mkdir -p "$hierarchy/$ID"
    # A cpuset takes no process before it has processors and memory.
    if [ -e "$hierarchy/cpuset.cpus" ]; then
      echo 1 >"$hierarchy/$ID/cgroup.clone_children"
      cat "$hierarchy/cpuset.cpus" >"$hierarchy/$ID/cpuset.cpus"
      cat "$hierarchy/cpuset.mems" >"$hierarchy/$ID/cpuset.mems"
    fi
    echo $$ >"$hierarchy/$ID/cgroup.procs"
  done
}

# A real machine that restarts has no cgroups of containers that ran before: the kubelet would ask containerd about each of
# them, for seconds, before it registers its node. rmdir leaves alone whatever is in use.
forget_cgroups() {
  for cgroup in "/sys/fs/cgroup/$ID" /sys/fs/cgroup/*/"$ID"; do
    [ -d "$cgroup" ] || continue
    find "$cgroup" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null || :
  done
}

leave_network() {
  ip link delete "$LINK" 2>/dev/null || :
  umount "$namespace" 2>/dev/null || :
}

# A fresh namespace a boot, as a real machine forgets its links, routes and firewall when it restarts.
# The address is there before the first process: nothing inside has to configure it.
enter_network() {
  leave_network
  : >"$namespace"
  unshare --net="$namespace" true
  ip link add "$LINK" mtu "$MTU" type veth peer name eth0 address "$MAC" mtu "$MTU" netns "$namespace"
  ip link set "$LINK" master "$BRIDGE" up
  # shellcheck disable=SC2016 # the inner shell's own arguments
  nsenter --net="$namespace" sh -eu -c '
    ip link set lo up
    ip address add "$1" dev eth0
    ip link set eth0 up
    ip route add default via "$2"' network "$ADDRESS/$PREFIX" "$GATEWAY"
}

boot() {
  set --
  for bind in $BINDS; do
    set -- "$@" "$bind"
  done
  # CAP_SYS_TIME stays out: a host that sets its time zone would move the whole machine's clock.
  # CAP_SYS_MODULE too: the kernel is the machine's, and hosts have no modules to load.
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 systemd-nspawn --quiet --directory="$directory/root" --machine="$ID" \
    --hostname="$NAME" --boot --register=no --keep-unit --network-namespace-path="$namespace" --resolv-conf=off \
    --timezone=off --link-journal=no --capability=all --drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE \
    --system-call-filter=@known --console=passive --kill-signal=SIGRTMIN+4 "$@"
}

enter_cgroups
status=133
while [ "$status" -eq 133 ]; do # systemd-nspawn's way to say that the host wants to reboot
  forget_cgroups
  enter_network
  status=0
  boot || status=$?
  echo "boot ended with status $status"
done
leave_network
