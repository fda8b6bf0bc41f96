# t1 baseline: once
t1_check() {
baseline_is_taken
}
t1_apply() {
take_baseline
}
