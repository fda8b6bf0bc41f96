# t1 template: rendered
t1_check() {
file_is /etc/docker/daemon.json 644 root docker f107b35b627a37e3b309be112d9f8df2c160f89a10761a82566ede0dda1dacda
}
t1_apply() {
ledger_file /etc/docker/daemon.json
t1_content | write_file /etc/docker/daemon.json 644 root docker f107b35b627a37e3b309be112d9f8df2c160f89a10761a82566ede0dda1dacda
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | diff_file /etc/docker/daemon.json 644
}
t1_content() {
cat <<'P_END_f107b35b627a37e3'
rendered from docker/daemon.json.ejs
P_END_f107b35b627a37e3
}
# t2 template: where something exists
t2_check() {
[ -e /etc/NetworkManager/conf.d ] || exit 0
file_is /etc/NetworkManager/conf.d/90.conf 644 root root 93df661d81c721515b8c3bff72f65ab15ddc5d64f900cfc6e853f2455cb8a334
}
t2_apply() {
ledger_file /etc/NetworkManager/conf.d/90.conf
t2_content | write_file /etc/NetworkManager/conf.d/90.conf 644 root root 93df661d81c721515b8c3bff72f65ab15ddc5d64f900cfc6e853f2455cb8a334
}
t2_diff=t2_diff_text
t2_diff_text() {
t2_content | diff_file /etc/NetworkManager/conf.d/90.conf 644
}
t2_content() {
cat <<'P_END_93df661d81c72151'
rendered from host/nm.ejs
P_END_93df661d81c72151
}
