# t1 registryHosts: mirrors
t1_check() {
file_is_one_of /etc/containerd/certs.d/registry.k8s.io/hosts.toml 644 185ae52ce32fe196c104970bb73482836cff8c9a56be71bdd2fe81c98d5478db 7f046e76342b5dd06e6098fdea0c263f2d6bd3af371dfb37683f547cedee671a
}
t1_apply() {
choose_registry registry.k8s.io registry.k8s.io/pause:3.10.2 https://a.example.com 'capabilities = ["pull", "resolve"]
' https://b.example.com:5000 'capabilities = ["pull", "resolve"]
'
ledger_file /etc/containerd/certs.d/registry.k8s.io/hosts.toml
(umask 077 && hosts_toml 'server = "https://registry.k8s.io"
' "$R" https://a.example.com 'capabilities = ["pull", "resolve"]
' https://b.example.com:5000 'capabilities = ["pull", "resolve"]
' >"$P_RUN/hosts.toml.$P_TASK")
write_file /etc/containerd/certs.d/registry.k8s.io/hosts.toml 644 root root <"$P_RUN/hosts.toml.$P_TASK"
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | diff_file /etc/containerd/certs.d/registry.k8s.io/hosts.toml 644
}
t1_content() {
cat <<'P_END_185ae52ce32fe196'
server = "https://registry.k8s.io"

[host."https://a.example.com"]
capabilities = ["pull", "resolve"]

[host."https://b.example.com:5000"]
capabilities = ["pull", "resolve"]
P_END_185ae52ce32fe196
}
# t2 registryHosts: a registry of one's own
t2_check() {
file_is_one_of /etc/containerd/certs.d/r.example.com:5000/hosts.toml 644 cb5221fb9661634753adedbcc3718d5a2f4b4a9bee343f611ba8a3f81897ab10
}
t2_apply() {
choose_registry r.example.com:5000 '' 
ledger_file /etc/containerd/certs.d/r.example.com:5000/hosts.toml
(umask 077 && hosts_toml 'server = "https://r.example.com:5000"
' "$R"  >"$P_RUN/hosts.toml.$P_TASK")
write_file /etc/containerd/certs.d/r.example.com:5000/hosts.toml 644 root root <"$P_RUN/hosts.toml.$P_TASK"
}
t2_diff=t2_diff_text
t2_diff_text() {
t2_content | diff_file /etc/containerd/certs.d/r.example.com:5000/hosts.toml 644
}
t2_content() {
cat <<'P_END_cb5221fb96616347'
server = "https://r.example.com:5000"
P_END_cb5221fb96616347
}
# t3 registryHosts: a mirror with a login
t3_check() {
file_is_one_of /etc/containerd/certs.d/quay.io/hosts.toml 600 775c75a06120b92bb794060210727f333edda46db588db10166a82c18ae61aac
}
t3_apply() {
choose_registry quay.io '' https://a.example.com '[host."https://a.example.com".header]
Authorization = ["Basic secret"]
'
ledger_file /etc/containerd/certs.d/quay.io/hosts.toml
(umask 077 && hosts_toml 'server = "https://quay.io"
' "$R" https://a.example.com '[host."https://a.example.com".header]
Authorization = ["Basic secret"]
' >"$P_RUN/hosts.toml.$P_TASK")
write_file /etc/containerd/certs.d/quay.io/hosts.toml 600 root root <"$P_RUN/hosts.toml.$P_TASK"
}
t3_content() {
cat <<'P_END_775c75a06120b92b'
server = "https://quay.io"

[host."https://a.example.com"]
[host."https://a.example.com".header]
Authorization = ["Basic secret"]
P_END_775c75a06120b92b
}
