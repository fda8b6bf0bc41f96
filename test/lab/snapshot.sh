#!/bin/sh
# All of a host that a plan must leave alone: lines "WHAT NAME<tab>STATE". Run as root on the host.
set -eu
LC_ALL=C
export LC_ALL
roots='/ /var/lib/docker /var/lib/containerd /var/lib/kubelet /var/lib/etcd'

# shellcheck disable=SC2086 # several roots, each a file system of its own
below() { find $roots -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \) -prune -o "$@"; }

below -printf 'tree %p\t%y %m %u %g %l %T@ %s\n' | sort -u
below -type f -print0 | sort -zu | xargs -0 sha256sum | sed 's/^\\\{0,1\}\([0-9a-f]*\)  \(.*\)/content \2\t\1/'
find /tmp /dev/shm /run/lock /run/provision ! -path '*/systemd-private-*' -printf 'temporary %p\t%y %m %u\n' 2>/dev/null || :
# shellcheck disable=SC2016 # dpkg-query's variables
dpkg-query -W -f 'package ${Package}\t${Version} ${db:Status-Abbrev}\n'
systemctl list-units --all --plain --no-legend --full --no-pager | awk '{ print "unit " $1 "\t" $2 " " $3 " " $4 }'
systemctl list-unit-files --plain --no-legend --full --no-pager | awk '{ print "enabled " $1 "\t" $2 }'
sysctl -a 2>/dev/null | sed 's/^\([^ ]*\) = /sysctl \1\t/'
sed 's/^/swap /' /proc/swaps
hostname | sed 's/^/hostname /'
ip -o address | sed 's/^[0-9]*: /address /; s/\\.*//'
ip route | sed 's/^/route /'
for table in filter nat mangle; do
  ! command -v iptables-save >/dev/null || iptables-save -t "$table" | sed -n 's/^[-:*]/firewall &/; s/\[[0-9:]*\]//; /^firewall/p'
done
