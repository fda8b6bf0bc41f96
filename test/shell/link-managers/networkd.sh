#!/bin/sh
# networkd.sh DIRECTORY LINK...: in namespaces of its own, the machine's systemd-networkd (or that of the root file system ROOT)
# starts, others set a route, a rule and an address of a pod's link, and it starts again. Prints what is left of them, and
# which of the LINKs it leaves alone. Configuration: DIRECTORY/conf, DIRECTORY/links.
set -eu
directory=$1 root=${ROOT:-}
shift
mount --make-rprivate /
[ -z "$root" ] || mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/run"
for each in etc/systemd/network etc/systemd/networkd.conf.d; do
  [ ! -d "$root/$each" ] || mount -t tmpfs tmpfs "$root/$each"
done
netif=$root/run/systemd/netif
mkdir -p "$netif/links" "$netif/leases" "$netif/lldp" "$root/run/systemd/system" "$root/run/udev/data"
chroot "$root/" chown -R systemd-network:systemd-network /run/systemd/netif
cp -r "$directory/conf" "$root/run/systemd/networkd.conf.d"
cp -r "$directory/links" "$root/run/systemd/network"

ip link set lo up
peers=0
for each in eth9 "$@"; do
  peers=$((peers + 1))
  ip link add "$each" type veth peer name "peer$peers"
  ip link set "$each" up
  ip link set "peer$peers" up
done
# What udev leaves of links that it has dealt with. Without it networkd waits, or takes the machine for a container and
# begins before it has seen what is there.
: >"$root/run/udev/control"
for each in "$root"/sys/class/net/*/ifindex; do echo 'I:1' >"$root/run/udev/data/n$(cat "$each")"; done

state() { sed -n 's/^ADMIN_STATE=//p' "$netif/links/$(cat "$root/sys/class/net/$1/ifindex")" 2>/dev/null; }

# networkd LINK...: runs it until it has dealt with eth9, and a moment more.
networkd() {
  rm -f "$netif"/links/*
  SYSTEMD_LOG_LEVEL=err chroot "$root/" /usr/lib/systemd/systemd-networkd >&2 &
  tries=0
  until [ "$(state eth9)" = configured ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo 'waited 20 s for networkd to configure eth9' && exit 1; }
    sleep 0.1
  done
  sleep 0.5
  alone=''
  for each; do [ "$(state "$each")" != unmanaged ] || alone="$alone $each"; done
  kill -USR2 "$!" # as systemctl restart does
  wait "$!" || :
}

networkd "$@"
ip route add 10.244.1.0/24 via 10.9.0.21 dev eth9 proto 17
ip rule add from 10.244.0.0/24 lookup 77 prio 5000
ip address add 10.244.0.1/24 dev "$1"
networkd "$@"
left=''
[ -z "$(ip route show 10.244.1.0/24)" ] || left="$left route"
[ -z "$(ip rule show table 77)" ] || left="$left rule"
[ -z "$(ip address show to 10.244.0.1/32)" ] || left="$left address"
echo "left:$left"
echo "alone:$alone"
