# t1 kernelModule: one that may be built in
t1_check() {
if file_is /etc/modules-load.d/provision-br_netfilter.conf 644 root root 3bfff2585066e0a9f96bbde61be25b49a06762530ee2fbb570958556fffe428a && module_loaded br_netfilter br_netfilter /proc/sys/net/bridge/bridge-nf-call-iptables; then exit 0; fi
module_is_wanted br_netfilter || exit 3
exit 1
}
t1_apply() {
ledger_file /etc/modules-load.d/provision-br_netfilter.conf
put_text /etc/modules-load.d/provision-br_netfilter.conf 644 root root 'br_netfilter
'
if ! module_loaded br_netfilter br_netfilter /proc/sys/net/bridge/bridge-nf-call-iptables; then
  ledger module br_netfilter loaded=no
  load_module br_netfilter
fi
}
# t2 kernelModule: with options and proof
t2_check() {
if file_is /etc/modules-load.d/provision-nf-conntrack.conf 644 root root 6a65095dccb023bacc0fa7c2ef5113c7bdca675c5ca56ff69859a912b72bfe56 && file_is /etc/modprobe.d/provision-nf-conntrack.conf 644 root root 8243e7442e86200c828df9026e539c9c0b571640d4be9b946cfeb7dd933cfa01 && module_loaded nf-conntrack nf_conntrack /proc/sys/net/netfilter/nf_conntrack_max; then exit 0; fi
module_is_wanted nf-conntrack || exit 3
exit 1
}
t2_apply() {
ledger_file /etc/modules-load.d/provision-nf-conntrack.conf
put_text /etc/modules-load.d/provision-nf-conntrack.conf 644 root root 'nf-conntrack
'
ledger_file /etc/modprobe.d/provision-nf-conntrack.conf
put_text /etc/modprobe.d/provision-nf-conntrack.conf 644 root root 'options nf-conntrack hashsize=65536
'
if ! module_loaded nf-conntrack nf_conntrack /proc/sys/net/netfilter/nf_conntrack_max; then
  ledger module nf-conntrack loaded=no
  load_module nf-conntrack
fi
}
