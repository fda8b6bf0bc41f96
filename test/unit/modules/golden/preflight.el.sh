# t1 preflight: a system that is supported
t1_check() {
host_is_suitable '' v2
}
t1_apply() {
:
}
# t2 preflight: one that is not
t2_check() {
host_is_suitable 'CentOS 7 is not supported: it is old' v2
}
t2_apply() {
:
}
# t3 preflight: old control groups allowed
t3_check() {
host_is_suitable '' any
}
t3_apply() {
:
}
# t4 preflight: a machine that must be large enough
t4_check() {
host_is_suitable '' v2 && host_is_large_enough control-plane 1700 2 1000 900 '1024 - - - -'
}
t4_apply() {
:
}
