# t1 resolver: two servers
t1_check() {
file_is /usr/local/sbin/provision-resolver 755 root root 92d33c743fb1b754a455ec5d3073db01b2b67ce11d29ccf45245c97b0bc1ef5d || exit 1
$P_SH -c "$(t1_content)" resolver check prod.internal 10.0.0.11 10.0.0.12
}
t1_apply() {
ledger_file /usr/local/sbin/provision-resolver
t1_content | write_file /usr/local/sbin/provision-resolver 755 root root 92d33c743fb1b754a455ec5d3073db01b2b67ce11d29ccf45245c97b0bc1ef5d
for touched in /etc/resolv.conf /etc/systemd/resolved.conf.d/90-provision.conf /etc/kubernetes/resolv.conf; do ledger_file "$touched"; done
/usr/local/sbin/provision-resolver apply prod.internal 10.0.0.11 10.0.0.12
}
t1_diff=t1_diff_text
t1_diff_text() {
$P_SH -c "$(t1_content)" resolver show prod.internal 10.0.0.11 10.0.0.12
}
t1_content() {
cat <<'P_END_92d33c743fb1b754'
rendered from names/resolver.sh
P_END_92d33c743fb1b754
}
# t2 resolver: by IPv6
t2_check() {
file_is /usr/local/sbin/provision-resolver 755 root root 92d33c743fb1b754a455ec5d3073db01b2b67ce11d29ccf45245c97b0bc1ef5d || exit 1
$P_SH -c "$(t2_content)" resolver check prod.internal fd00::11
}
t2_apply() {
ledger_file /usr/local/sbin/provision-resolver
t2_content | write_file /usr/local/sbin/provision-resolver 755 root root 92d33c743fb1b754a455ec5d3073db01b2b67ce11d29ccf45245c97b0bc1ef5d
for touched in /etc/resolv.conf /etc/systemd/resolved.conf.d/90-provision.conf /etc/kubernetes/resolv.conf; do ledger_file "$touched"; done
/usr/local/sbin/provision-resolver apply prod.internal fd00::11
}
t2_diff=t2_diff_text
t2_diff_text() {
$P_SH -c "$(t2_content)" resolver show prod.internal fd00::11
}
t2_content() {
cat <<'P_END_92d33c743fb1b754'
rendered from names/resolver.sh
P_END_92d33c743fb1b754
}
# t3 resolver: nothing of it
t3_check() {
[ ! -e /usr/local/sbin/provision-resolver ]
}
t3_apply() {
systemctl -q disable --now provision-resolver.service || :
/usr/local/sbin/provision-resolver remove
rm -f /etc/systemd/system/provision-resolver.service
systemctl daemon-reload
rm -f /usr/local/sbin/provision-resolver
}
