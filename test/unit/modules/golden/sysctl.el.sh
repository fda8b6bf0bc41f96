# t1 sysctl: several
t1_check() {
file_is /etc/sysctl.d/zz-provision-kubernetes.conf 644 root root 8a3482aefe3db9d6a6dd739532a265be9573180fb3df8bd815138fd52dac1003 || exit 1
sysctls_are net/ipv4/ip_forward 1 net/ipv4/ip_local_port_range '32768 60999' vm/max_map_count 262144 && sysctls_stay net/ipv4/ip_forward 1 net/ipv4/ip_local_port_range '32768 60999' vm/max_map_count 262144
}
t1_apply() {
ledger_file /etc/sysctl.d/zz-provision-kubernetes.conf
t1_content | write_file /etc/sysctl.d/zz-provision-kubernetes.conf 644 root root 8a3482aefe3db9d6a6dd739532a265be9573180fb3df8bd815138fd52dac1003
set_sysctls net/ipv4/ip_forward 1 net/ipv4/ip_local_port_range '32768 60999' vm/max_map_count 262144
keep_sysctls kubernetes net/ipv4/ip_forward 1 net/ipv4/ip_local_port_range '32768 60999' vm/max_map_count 262144
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | diff_file /etc/sysctl.d/zz-provision-kubernetes.conf
}
t1_content() {
cat <<'P_END_8a3482aefe3db9d6'
# Managed by provision
net.ipv4.ip_forward = 1
net.ipv4.ip_local_port_range = 32768 60999
vm.max_map_count = 262144
P_END_8a3482aefe3db9d6
}
# t2 sysctl: one
t2_check() {
file_is /etc/sysctl.d/zz-provision-net-ipv4-ip_forward.conf 644 root root d39564d5df38bd41f12b2a33b19fcc7152d3ce63c9c82894de1f3d57b8812098 || exit 1
sysctls_are net/ipv4/ip_forward 1 && sysctls_stay net/ipv4/ip_forward 1
}
t2_apply() {
ledger_file /etc/sysctl.d/zz-provision-net-ipv4-ip_forward.conf
t2_content | write_file /etc/sysctl.d/zz-provision-net-ipv4-ip_forward.conf 644 root root d39564d5df38bd41f12b2a33b19fcc7152d3ce63c9c82894de1f3d57b8812098
set_sysctls net/ipv4/ip_forward 1
keep_sysctls net-ipv4-ip_forward net/ipv4/ip_forward 1
}
t2_diff=t2_diff_text
t2_diff_text() {
t2_content | diff_file /etc/sysctl.d/zz-provision-net-ipv4-ip_forward.conf
}
t2_content() {
cat <<'P_END_d39564d5df38bd41'
# Managed by provision
net.ipv4.ip_forward = 1
P_END_d39564d5df38bd41
}
# t3 sysctl: several without a name
t3_check() {
file_is /etc/sysctl.d/zz-provision-021ed643.conf 644 root root 75f8cca3be8fddc3d23dd29a70cae59badadc041c31aa803baffcd5a759c92cc || exit 1
sysctls_are net/ipv4/ip_forward 1 vm/overcommit_memory 1 && sysctls_stay net/ipv4/ip_forward 1 vm/overcommit_memory 1
}
t3_apply() {
ledger_file /etc/sysctl.d/zz-provision-021ed643.conf
t3_content | write_file /etc/sysctl.d/zz-provision-021ed643.conf 644 root root 75f8cca3be8fddc3d23dd29a70cae59badadc041c31aa803baffcd5a759c92cc
set_sysctls net/ipv4/ip_forward 1 vm/overcommit_memory 1
keep_sysctls 021ed643 net/ipv4/ip_forward 1 vm/overcommit_memory 1
}
t3_diff=t3_diff_text
t3_diff_text() {
t3_content | diff_file /etc/sysctl.d/zz-provision-021ed643.conf
}
t3_content() {
cat <<'P_END_75f8cca3be8fddc3'
# Managed by provision
net.ipv4.ip_forward = 1
vm.overcommit_memory = 1
P_END_75f8cca3be8fddc3
}
# t4 sysctl: a link with a dot in its name
t4_check() {
file_is /etc/sysctl.d/zz-provision-net-ipv4-conf-eth0-5-rp_filter.conf 644 root root 1c85d12c9cc84366fb572e9ce689aecf31b8152b3e9d969889b454966a2f4ef5 || exit 1
sysctls_are net/ipv4/conf/eth0.5/rp_filter 2 && sysctls_stay net/ipv4/conf/eth0.5/rp_filter 2
}
t4_apply() {
ledger_file /etc/sysctl.d/zz-provision-net-ipv4-conf-eth0-5-rp_filter.conf
t4_content | write_file /etc/sysctl.d/zz-provision-net-ipv4-conf-eth0-5-rp_filter.conf 644 root root 1c85d12c9cc84366fb572e9ce689aecf31b8152b3e9d969889b454966a2f4ef5
set_sysctls net/ipv4/conf/eth0.5/rp_filter 2
keep_sysctls net-ipv4-conf-eth0-5-rp_filter net/ipv4/conf/eth0.5/rp_filter 2
}
t4_diff=t4_diff_text
t4_diff_text() {
t4_content | diff_file /etc/sysctl.d/zz-provision-net-ipv4-conf-eth0-5-rp_filter.conf
}
t4_content() {
cat <<'P_END_1c85d12c9cc84366'
# Managed by provision
net/ipv4/conf/eth0.5/rp_filter = 2
P_END_1c85d12c9cc84366
}
