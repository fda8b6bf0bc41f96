#!/bin/sh
# network-manager-host.sh ADDRESS MAC: from the next boot on NetworkManager looks after this host's link, which has no address until
# then. The host also gives a lease to another one, which it calls name-by-dhcp.
set -eu
apt-get -qq update
# Before it is installed, since it starts at once.
mkdir -p /etc/NetworkManager/system-connections
address=$(ip -o -4 address show dev eth0 | awk '{ print $4 }')
gateway=$(ip -4 route show default | awk '{ print $3 }')
cat >/etc/NetworkManager/system-connections/eth0.nmconnection <<EOF
[connection]
id=eth0
type=ethernet
interface-name=eth0
[ipv4]
method=manual
address1=$address,$gateway
dns=$(awk '/^nameserver/ { print $2 }' /etc/resolv.conf)
[ipv6]
method=disabled
EOF
chmod 600 /etc/NetworkManager/system-connections/eth0.nmconnection
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends network-manager dnsmasq-base >/dev/null
# As many guides for pod networks advise.
printf '[keyfile]\nunmanaged-devices=interface-name:cali*;interface-name:tunl*\n' >/etc/NetworkManager/conf.d/calico.conf
# A host of the lab has its address before it boots, and no udev: where /sys cannot be written NetworkManager waits for none.
mkdir -p /etc/systemd/system/NetworkManager.service.d
printf '[Service]\nReadOnlyPaths=/sys\n' >/etc/systemd/system/NetworkManager.service.d/lab.conf
cat >/etc/systemd/system/bare-link.service <<EOF
[Unit]
Before=NetworkManager.service
[Service]
Type=oneshot
ExecStart=ip address flush dev eth0
[Install]
WantedBy=multi-user.target
EOF
systemctl -q enable bare-link.service
cat >/etc/systemd/system/dhcp.service <<EOF
[Service]
ExecStart=/usr/sbin/dnsmasq --keep-in-foreground --port=0 --interface=eth0 --dhcp-authoritative --dhcp-range=$1,$1,10m \
  --dhcp-host=$2,$1,name-by-dhcp --dhcp-option=3,$gateway --dhcp-option=6 --dhcp-leasefile=/run/dhcp.leases
[Install]
WantedBy=multi-user.target
EOF
systemctl -q enable --now dhcp.service
