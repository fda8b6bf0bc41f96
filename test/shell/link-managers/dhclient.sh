# shellcheck shell=sh disable=SC1091 # host.sh, where it is run
# ifupdown takes the host's link up by dhclient, down and up again, and a pod network is there between. What our own program says of the
# host's scripts before; what is left of names, and of what keeps the cluster's name servers asked.
set -eu
. /run/test/host.sh
make_links
serve_dhcp
hostname before
sh /run/program
hostname "$(cat /etc/hostname)"
printf '# provision:nodes begin\n10.0.0.11 cp1\n# provision:nodes end\n' >>/etc/hosts
echo 'nameserver 192.0.2.1' >/etc/resolv.conf
sh /run/resolver watch prod.internal 10.0.0.11 &
mkdir -p /run/network
ifup eth9 >/run/ifup.log 2>&1
pod_network
ifdown eth9 >>/run/ifup.log 2>&1
ifup eth9 >>/run/ifup.log 2>&1
asks() { grep -q '^nameserver 10.0.0.11' /etc/resolv.conf && grep -q '^nameserver 10.9.0.1' /etc/resolv.conf; }
until_true 20 asks
left=''
[ -z "$(ip rule show table 77)" ] || left="$left rule"
! grep -q '^10.0.0.11 cp1' /etc/hosts || left="$left hosts"
echo "left:$left"
tell_name
