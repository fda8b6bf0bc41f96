# t1 unpack: one that is known
t1_check() {
unpacked_is /usr/local/bin/helm 0000000000000000000000000000000000000000000000000000000000000000 755
}
t1_apply() {
ledger_file /usr/local/bin/helm
unpack_file /usr/local/bin/helm 0000000000000000000000000000000000000000000000000000000000000000 755 0000000000000000000000000000000000000000000000000000000000000000 linux-amd64/helm https://get.helm.sh/helm-v4.2.4-linux-amd64.tar.gz
}
# t2 unpack: one that its publisher's note proves, from a mirror or from there
t2_check() {
unpacked_is /usr/local/bin/helm helm-v4.3.1-linux-amd64.tar.gz 755
}
t2_apply() {
ledger_file /usr/local/bin/helm
unpack_file /usr/local/bin/helm helm-v4.3.1-linux-amd64.tar.gz 755 '' linux-amd64/helm http://m.example.com/helm-v4.3.1-linux-amd64.tar.gz https://get.helm.sh/helm-v4.3.1-linux-amd64.tar.gz
}
# t3 unpack: none
t3_check() {
! is_unpacked /usr/local/bin/helm
}
t3_apply() {
remove_unpacked /usr/local/bin/helm
}
