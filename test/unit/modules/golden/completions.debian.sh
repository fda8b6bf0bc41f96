# t1 completions: some
t1_check() {
completions_are kubectl helm
}
t1_apply() {
write_completions kubectl helm
}
# t2 completions: none
t2_check() {
completions_are
}
t2_apply() {
write_completions
}
