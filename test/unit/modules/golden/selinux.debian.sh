# t1 selinux: permissive
t1_check() {
selinux_is permissive
}
t1_apply() {
set_selinux permissive
}
# t2 selinux: enforcing
t2_check() {
selinux_is enforcing
}
t2_apply() {
set_selinux enforcing
}
