# t1 cloudHosts: rendered
t1_check() {
cloud_hosts_template debian || exit 0
block_is "$R" nodes '# provision:nodes begin
rendered from host/hosts.ejs
# provision:nodes end' 644
}
t1_apply() {
cloud_hosts_template debian
set_block "$R" nodes '# provision:nodes begin
rendered from host/hosts.ejs
# provision:nodes end' 644 root root
}
t1_diff=t1_diff_text
t1_diff_text() {
! cloud_hosts_template debian || with_block "$R" nodes '# provision:nodes begin
rendered from host/hosts.ejs
# provision:nodes end' | diff_file "$R" 644
}
