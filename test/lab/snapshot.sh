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
! command -v rpm >/dev/null || rpm -qa --qf 'rpm %{NAME} %{VERSION}-%{RELEASE}\t%{ARCH}\n'
systemctl list-units --all --plain --no-legend --full --no-pager | awk '{ print "unit " $1 "\t" $2 " " $3 " " $4 }'
systemctl list-unit-files --plain --no-legend --full --no-pager | awk '{ print "enabled " $1 "\t" $2 }'
sysctl -a 2>/dev/null | sed 's/^\([^ ]*\) = /sysctl \1\t/'
sed 's/^/swap /' /proc/swaps
hostname | sed 's/^/hostname /'
ip -o address | sed 's/^[0-9]*: /address /; s/\\.*//'
ip -o link | sed 's/^[0-9]*: \([^:@]*\).*<\(.*\)> mtu \([0-9]*\) .* link\/\([a-z]*\).*/link \1\t\4 \3 \2/'
for family in -4 -6; do
  ip "$family" route show table all | sed "s/^/route $family /; s/ expires [0-9]*sec//"
  ip "$family" rule | sed "s/^/rule $family /"
done
# In the order in which they are: a rule that has moved is another.
for save in iptables-save ip6tables-save; do
  ! command -v "$save" >/dev/null || "$save" |
    sed -n 's/ \[[0-9:]*\]$//; /^\*/{ s/^.//; h; d; }; /^[:-]/{ G; s/^\(.*\)\n\(.*\)$/\2 \1/p; }' |
    awk -v save="$save" '{ print "firewall " save " " NR " " $0 }'
done
# Device numbers are given out anew whenever something is mounted.
awk '{ print "mount " $5 "\t" $4 " " $6 }' /proc/self/mountinfo
find /run -xdev -mindepth 1 -maxdepth 1 -printf 'run %p\t%y %m %u\n'
