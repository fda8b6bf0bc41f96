# t1 lines: content
t1_check() {
block_is /etc/hosts nodes '# provision:nodes begin
10.0.0.11 cp1
10.0.0.21 w1 # it'\''s here
# provision:nodes end' 644
}
t1_apply() {
set_block /etc/hosts nodes '# provision:nodes begin
10.0.0.11 cp1
10.0.0.21 w1 # it'\''s here
# provision:nodes end' 644 root root
}
t1_diff=t1_diff_text
t1_diff_text() {
with_block /etc/hosts nodes '# provision:nodes begin
10.0.0.11 cp1
10.0.0.21 w1 # it'\''s here
# provision:nodes end' | diff_file /etc/hosts 644
}
# t2 lines: rendered
t2_check() {
block_is /etc/environment proxy '# provision:proxy begin
rendered from proxy.ejs
# provision:proxy end' 600
}
t2_apply() {
set_block /etc/environment proxy '# provision:proxy begin
rendered from proxy.ejs
# provision:proxy end' 600 root adm
}
t2_diff=t2_diff_text
t2_diff_text() {
with_block /etc/environment proxy '# provision:proxy begin
rendered from proxy.ejs
# provision:proxy end' | diff_file /etc/environment 600
}
# t3 lines: where its reader is
t3_check() {
[ -e /usr/lib/systemd/system/dhcpcd.service ] || exit 0
block_is /etc/dhcpcd.conf pods '# provision:pods begin
denyinterfaces cni0
# provision:pods end' 644
}
t3_apply() {
set_block /etc/dhcpcd.conf pods '# provision:pods begin
denyinterfaces cni0
# provision:pods end' 644 root root
}
t3_diff=t3_diff_text
t3_diff_text() {
with_block /etc/dhcpcd.conf pods '# provision:pods begin
denyinterfaces cni0
# provision:pods end' | diff_file /etc/dhcpcd.conf 644
}
# t4 lines: absent
t4_check() {
block_is /etc/hosts nodes '' 644
}
t4_apply() {
set_block /etc/hosts nodes '' 644 root root
}
t4_diff=t4_diff_text
t4_diff_text() {
with_block /etc/hosts nodes '' | diff_file /etc/hosts 644
}
# t5 lines: a secret, which shows no diff
t5_check() {
block_is /etc/x token '# provision:token begin
secret
# provision:token end' 644
}
t5_apply() {
set_block /etc/x token '# provision:token begin
secret
# provision:token end' 644 root root
}
