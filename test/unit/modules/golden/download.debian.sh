# t1 download: a binary
t1_check() {
file_is /usr/local/bin/kubectl 755 root staff 0000000000000000000000000000000000000000000000000000000000000000
}
t1_apply() {
ledger_file /usr/local/bin/kubectl
download_file https://dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubectl /usr/local/bin/kubectl 0000000000000000000000000000000000000000000000000000000000000000 755 root staff
}
