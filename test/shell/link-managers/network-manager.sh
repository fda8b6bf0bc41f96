# shellcheck shell=sh disable=SC1091 # host.sh, where it is run
# NetworkManager looks after the host, by files of netplan where there are such. It is told to set eth9 again, and is restarted.
set -eu
. /run/test/host.sh

# is LINK STATE: as NetworkManager has it.
is() { nmcli --terse --fields DEVICE,STATE device | grep -Fqx "$1:$2"; }
is_alone() { is "$1" unmanaged; }

network_manager() {
  NetworkManager --no-daemon >/run/network-manager.log 2>&1 &
  manager=$!
  until_true 20 eth9_is_set
  until_true 20 is eth9 connected
}

make_links
serve_dhcp
hostname "$(cat /etc/hostname)"
[ ! -e /etc/netplan ] || netplan generate 2>/dev/null
mkdir -p /run/dbus
dbus-daemon --system --fork
network_manager
pod_network
nmcli device reapply eth9 >/dev/null
nmcli general reload conf
sleep 0.5
kill "$manager"
wait "$manager" || :
network_manager
sleep 0.5
tell_alone
tell_left
tell_name
