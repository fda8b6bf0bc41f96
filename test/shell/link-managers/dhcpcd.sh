# shellcheck shell=sh disable=SC1091 # host.sh, where it is run
# dhcpcd looks after all links, as its unit starts it, and is restarted.
set -eu
. /run/test/host.sh

log=/run/dhcpcd.log
# What it says first of a link for which it looks for a server.
is_alone() { ! grep -Fq "$1: IAID" "$log"; }
is_over() { ! pgrep -x dhcpcd >/dev/null; }

make_links
serve_dhcp
hostname "$(cat /etc/hostname)"
mkdir -p /run/dhcpcd /var/lib/dhcpcd
dhcpcd -q -b
until_true 20 eth9_is_set
pod_network
dhcpcd -q -x 2>/dev/null
# It goes on for a moment after that has returned, and another does not start beside it.
until_true 20 is_over
dhcpcd -d -b --logfile "$log" 2>/dev/null
until_true 20 grep -q 'eth9: leased' "$log"
tell_alone
tell_left
tell_name
