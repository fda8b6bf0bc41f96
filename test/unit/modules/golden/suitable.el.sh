# t1 suitable: a system that is supported
t1_check() {
host_is_suitable '' v2
}
t1_apply() {
:
}
# t2 suitable: one that is not
t2_check() {
host_is_suitable 'CentOS 7 is not supported: it is old' v2
}
t2_apply() {
:
}
# t3 suitable: old control groups allowed
t3_check() {
host_is_suitable '' any
}
t3_apply() {
:
}
