# t1 timeServers: chosen
t1_check() {
file_is /etc/chrony/chrony.conf 644 root root 0dfb9aacee31b01ec842d227465e123453cf30833489bbdf4287d88803a087a3
}
t1_apply() {
ledger_file /etc/chrony/chrony.conf
t1_content | write_file /etc/chrony/chrony.conf 644 root root 0dfb9aacee31b01ec842d227465e123453cf30833489bbdf4287d88803a087a3
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | diff_file /etc/chrony/chrony.conf 644
}
t1_content() {
cat <<'P_END_0dfb9aacee31b01e'
rendered from host/chrony.conf.ejs
P_END_0dfb9aacee31b01e
}
# t2 timeServers: nobody chose them
t2_check() {
if own_time_servers /etc/chrony/chrony.conf || file_is /etc/chrony/chrony.conf 644 root root 0dfb9aacee31b01ec842d227465e123453cf30833489bbdf4287d88803a087a3; then exit 0; fi
digest=$(t2_content | with_site_servers | sha256sum)
file_is /etc/chrony/chrony.conf 644 root root "${digest%% *}"
}
t2_apply() {
if ! own_time_servers /etc/chrony/chrony.conf; then
  ledger_file /etc/chrony/chrony.conf
  t2_content | write_time_servers /etc/chrony/chrony.conf 0dfb9aacee31b01ec842d227465e123453cf30833489bbdf4287d88803a087a3
fi
}
t2_diff=t2_diff_text
t2_diff_text() {
t2_content | with_site_servers | diff_file /etc/chrony/chrony.conf 644
}
t2_content() {
cat <<'P_END_0dfb9aacee31b01e'
rendered from host/chrony.conf.ejs
P_END_0dfb9aacee31b01e
}
