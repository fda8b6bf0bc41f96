#!/bin/sh
# From the next boot on ifupdown looks after this host's link by dhclient, with a hook of the site's, which calls the host by its
# lease. A host of the lab has its address before it boots.
set -eu
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ifupdown isc-dhcp-client >/dev/null
mkdir -p /etc/network/interfaces.d
printf 'auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\n  pre-up ip address flush dev eth0\n' >/etc/network/interfaces
# shellcheck disable=SC2016 # the hook's
echo '[ -z "$new_host_name" ] || hostname "$new_host_name"' >/etc/dhcp/dhclient-exit-hooks.d/site-name
systemctl -q enable networking.service
