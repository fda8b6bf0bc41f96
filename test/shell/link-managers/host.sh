# shellcheck shell=sh
# A host whose link eth9 leads to a DHCP server, which calls it name-by-dhcp. To be sourced.

links=$(cat /run/links)

# make_links: eth9 and $links, with something at their other end each. What udev leaves of links that it has dealt with is there,
# since all managers of links wait for it.
make_links() {
  ip link set lo up
  ip netns add server
  ip link add eth9 type veth peer name server0 netns server
  ip -n server address add 10.9.0.1/24 dev server0
  ip -n server link set server0 up
  peers=0
  for each in $links; do
    peers=$((peers + 1))
    ip link add "$each" type veth peer name "peer$peers" netns server
    ip link set "$each" up
    ip -n server link set "peer$peers" up
  done
  mkdir -p /run/udev/data
  : >/run/udev/control
  for each in /sys/class/net/*/ifindex; do echo 'I:1' >"/run/udev/data/n$(cat "$each")"; done
}

# serve_dhcp: at the other end of eth9.
serve_dhcp() {
  ip netns exec server dnsmasq --no-daemon --port=0 --dhcp-range=10.9.0.50,10.9.0.60,2m --dhcp-option=3,10.9.0.1 \
    --dhcp-option=6,10.9.0.1 --dhcp-host="$(cat /sys/class/net/eth9/address),10.9.0.55,name-by-dhcp" \
    --dhcp-leasefile=/run/leases --dhcp-authoritative >/run/dhcp.log 2>&1 &
}

# pod_network: what a pod network adds, while all managers run.
pod_network() {
  read -r pod _ </run/links
  ip route add 10.244.1.0/24 via 10.9.0.21 dev eth9 proto 17
  ip rule add from 10.244.0.0/24 lookup 77 prio 5000
  ip address add 10.244.0.1/24 dev "$pod"
}

# tell_alone: of which links is_alone LINK says that the manager leaves them alone.
tell_alone() {
  alone=''
  for each in $links; do ! is_alone "$each" || alone="$alone $each"; done
  echo "alone:$alone"
}

# tell_left: what of it is left.
tell_left() {
  left=''
  [ -z "$(ip route show 10.244.1.0/24)" ] || left="$left route"
  [ -z "$(ip rule show table 77)" ] || left="$left rule"
  [ -z "$(ip address show to 10.244.0.1/32)" ] || left="$left address"
  echo "left:$left"
}

eth9_is_set() { [ -n "$(ip route show 10.9.0.0/24 dev eth9)" ]; }

tell_name() { echo "name: $(cat /proc/sys/kernel/hostname)"; }

# until_true SECONDS COMMAND...
until_true() {
  tries=$(($1 * 10))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "waited in vain for $*" >&2 && exit 1; }
    sleep 0.1
  done
}
