# t1 reset: whoever made the node
t1_check() {
:
may_reset no
}
t1_apply() {
:
}
# t2 reset: one that was named, of a cluster that goes on
t2_check() {
warn_node_stays
may_reset yes
}
t2_apply() {
:
}
# t3 reset: membership
t3_check() {
etcd_left
}
t3_apply() {
leave_etcd
}
# t4 reset: pods
t4_check() {
listed list_pods
}
t4_apply() {
end_pods
}
t4_diff=t4_diff_text
t4_diff_text() {
list_pods | sed 's/^/- /'
}
# t5 reset: the runtime
t5_check() {
listed list_runtime
}
t5_apply() {
stop_runtime
}
t5_diff=t5_diff_text
t5_diff_text() {
list_runtime | sed 's/^/- /'
}
# t6 reset: network
t6_check() {
listed list_network 10.244.0.0/16 fd00:96::/112
}
t6_apply() {
remove_network 10.244.0.0/16 fd00:96::/112
}
t6_diff=t6_diff_text
t6_diff_text() {
plan_network 10.244.0.0/16 fd00:96::/112 | sed 's/^/- /'
}
# t7 reset: directories
t7_check() {
listed list_directories
}
t7_apply() {
remove_directories
}
t7_diff=t7_diff_text
t7_diff_text() {
list_directories | sed 's/^/- /'
}
# t8 reset: the ledger
t8_check() {
listed list_ledger
}
t8_apply() {
put_back_ledger
}
t8_diff=t8_diff_text
t8_diff_text() {
plan_ledger | sed 's/^/- /'
}
# t9 reset: packages stay
t9_check() {
packages_stay
}
t9_apply() {
:
}
# t10 reset: packages go
t10_check() {
listed list_packages
}
t10_apply() {
put_back_packages
}
t10_diff=t10_diff_text
t10_diff_text() {
plan_packages | sed 's/^/- /'
}
# t11 reset: our own state
t11_check() {
listed list_state
}
t11_apply() {
remove_state
}
t11_diff=t11_diff_text
t11_diff_text() {
plan_state | sed 's/^/- /'
}
