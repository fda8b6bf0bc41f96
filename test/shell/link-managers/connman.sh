# shellcheck shell=sh disable=SC1091 # host.sh, where it is run
# ConnMan looks after the host. Whether the bridge of pods keeps its address, and what our own program says of ConnMan.
set -eu
. /run/test/host.sh
make_links
ip link add kube-bridge9 type bridge
ip address add 10.244.0.1/24 dev kube-bridge9
ip link set kube-bridge9 up
mkdir -p /run/dbus /var/lib/connman
dbus-daemon --system --fork
connmand --nodaemon >/run/connman.log 2>&1 &
until_true 20 grep -q 'kube-bridge9 {newlink}' /run/connman.log
sleep 2
tell_left
sh /run/program
