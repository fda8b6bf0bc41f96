# shellcheck shell=sh disable=SC1091 # host.sh, where it is run
# What ifupdown would do to links when networking.service is restarted; and what our own program says of that.
set -eu
. /run/test/host.sh

# The last word of the line that starts its DHCP client.
is_alone() { ! grep -Eq "dhclient.* $1[[:blank:]]*\$" /run/acts; }

make_links
ifup --no-act --all >/run/acts 2>&1 || :
ifup --no-act --all --allow=hotplug >>/run/acts 2>&1 || :
tell_alone
sh /run/program
