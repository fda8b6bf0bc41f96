# t1 file: content
t1_check() {
file_is /etc/crictl.yaml 644 root root af76d2c716878de610bc4de9aaf55cc7cc6b4f922e7d83c53e695c2abf044a34
}
t1_apply() {
ledger_file /etc/crictl.yaml
t1_content | write_file /etc/crictl.yaml 644 root root af76d2c716878de610bc4de9aaf55cc7cc6b4f922e7d83c53e695c2abf044a34
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | diff_file /etc/crictl.yaml 644
}
t1_content() {
cat <<'P_END_af76d2c716878de6'
runtime-endpoint: unix:///run/containerd/containerd.sock
P_END_af76d2c716878de6
}
# t2 file: bytes of a file
t2_check() {
file_is /opt/tool 755 ops ops a0eec07f858da1b86a5f14568a0f0b74582e3ee3fe288dce5a4ed30fa9e5bdfc
}
t2_apply() {
ledger_file /opt/tool
t2_content | write_file /opt/tool 755 ops ops a0eec07f858da1b86a5f14568a0f0b74582e3ee3fe288dce5a4ed30fa9e5bdfc
}
t2_diff=t2_diff_text
t2_diff_text() {
t2_content | diff_file /opt/tool 755
}
t2_content() {
base64 -d <<'P_END_BASE64'
Ynl0ZXMgb2YgdG9vbC5iaW4=
P_END_BASE64
}
# t3 file: a directory
t3_check() {
[ -d /etc/docker ] && [ "$(stat -c '%a %U %G' /etc/docker)" = '755 root root' ]
}
t3_apply() {
ledger_file /etc/docker
make_directory /etc/docker 755 root root
}
# t4 file: absent
t4_check() {
[ ! -e /etc/motd ] && [ ! -L /etc/motd ]
}
t4_apply() {
ledger_file /etc/motd
remove_file /etc/motd
}
# t5 file: a secret, which shows no diff
t5_check() {
file_is /etc/token 600 root root b37e50cedcd3e3f1ff64f4afc0422084ae694253cf399326868e07a35f4a45fb
}
t5_apply() {
ledger_file /etc/token
t5_content | write_file /etc/token 600 root root b37e50cedcd3e3f1ff64f4afc0422084ae694253cf399326868e07a35f4a45fb
}
t5_content() {
cat <<'P_END_b37e50cedcd3e3f1'
secret
P_END_b37e50cedcd3e3f1
}
