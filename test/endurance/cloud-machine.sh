#!/bin/sh
# Installs cloud-init with a seed, and has systemd-networkd look after the host's link, with the address that it has.
set -eu
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends cloud-init >/dev/null
seed=/var/lib/cloud/seed/nocloud
mkdir -p "$seed" /etc/systemd/network
printf 'instance-id: lab-1\nlocal-hostname: name-of-the-cloud\n' >"$seed/meta-data"
cat >"$seed/user-data" <<'EOF'
#cloud-config
manage_etc_hosts: true
preserve_hostname: false
runcmd:
- [sleep, "8"]
EOF
# What is the lab's: its way in, its package sources, its disk.
cat >/etc/cloud/cloud.cfg.d/90_lab.cfg <<'EOF'
datasource_list: [NoCloud]
network: { config: disabled }
ssh_deletekeys: false
disable_root: false
users: []
apt: { preserve_sources_list: true }
growpart: { mode: "off" }
resize_rootfs: false
EOF
address=$(ip -o -4 address show dev eth0 | awk '{ print $4 }')
gateway=$(ip -4 route show default | awk '{ print $3 }')
printf '[Match]\nName=eth0\n[Network]\nAddress=%s\nGateway=%s\n' "$address" "$gateway" >/etc/systemd/network/10-eth0.network
printf '[Match]\nName=*\n[Network]\nLinkLocalAddressing=no\n[Address]\nAddress=203.0.113.77/32\n' >/etc/systemd/network/90-any.network
systemctl -q enable systemd-networkd.service
systemctl -q disable systemd-networkd-wait-online.service
