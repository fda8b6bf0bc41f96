# t1 kubeletSettings: by the machine's size
t1_check() {
! keeps_earlier 300 250 '500 500 200 200 200' /etc/kubernetes/kubelet.conf.d/50.conf 600 root root de7ae8871fd0407d1dd1d895517c75ed38baf69aae06cec2f879b2f62155437b || exit 0
t1_content | sized_file_is /etc/kubernetes/kubelet.conf.d/50.conf 600 root root
}
t1_apply() {
ledger_file /etc/kubernetes/kubelet.conf.d/50.conf
t1_content | write_sized /etc/kubernetes/kubelet.conf.d/50.conf 600 root root de7ae8871fd0407d1dd1d895517c75ed38baf69aae06cec2f879b2f62155437b
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | by_size /etc/kubernetes/kubelet.conf.d/50.conf | diff_file /etc/kubernetes/kubelet.conf.d/50.conf 600
}
t1_content() {
cat <<'P_END_de7ae8871fd0407d'
rendered from kubelet.yaml.ejs
P_END_de7ae8871fd0407d
}
# t2 kubeletSettings: some of it given
t2_check() {
! keeps_earlier 300 250 '1024 500 8% 200 1500' /etc/kubernetes/kubelet.conf.d/50.conf 600 root root de7ae8871fd0407d1dd1d895517c75ed38baf69aae06cec2f879b2f62155437b || exit 0
t2_content | sized_file_is /etc/kubernetes/kubelet.conf.d/50.conf 600 root root
}
t2_apply() {
ledger_file /etc/kubernetes/kubelet.conf.d/50.conf
t2_content | write_sized /etc/kubernetes/kubelet.conf.d/50.conf 600 root root de7ae8871fd0407d1dd1d895517c75ed38baf69aae06cec2f879b2f62155437b
}
t2_diff=t2_diff_text
t2_diff_text() {
t2_content | by_size /etc/kubernetes/kubelet.conf.d/50.conf | diff_file /etc/kubernetes/kubelet.conf.d/50.conf 600
}
t2_content() {
cat <<'P_END_de7ae8871fd0407d'
rendered from kubelet.yaml.ejs
P_END_de7ae8871fd0407d
}
# t3 kubeletSettings: all of it given
t3_check() {
file_is /etc/kubernetes/kubelet.conf.d/50.conf 600 root root de7ae8871fd0407d1dd1d895517c75ed38baf69aae06cec2f879b2f62155437b
}
t3_apply() {
ledger_file /etc/kubernetes/kubelet.conf.d/50.conf
t3_content | write_file /etc/kubernetes/kubelet.conf.d/50.conf 600 root root de7ae8871fd0407d1dd1d895517c75ed38baf69aae06cec2f879b2f62155437b
}
t3_diff=t3_diff_text
t3_diff_text() {
t3_content | diff_file /etc/kubernetes/kubelet.conf.d/50.conf 600
}
t3_content() {
cat <<'P_END_de7ae8871fd0407d'
rendered from kubelet.yaml.ejs
P_END_de7ae8871fd0407d
}
