# t1 swap: off
t1_check() {
swap_is_off
}
t1_apply() {
swap_off
}
