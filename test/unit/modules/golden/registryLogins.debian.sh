# t1 registryLogins: logins
t1_check() {
logins_are /root/.docker/config.json e3dccff25439eb98f5504c65b8fa281b5a3c6e5547403421c29a5233987c78d9 r.example.com:5000 s.example.com
}
t1_apply() {
ledger_file /root/.docker/config.json
umask 077
t1_content | write_file /root/.docker/config.json 600 root root e3dccff25439eb98f5504c65b8fa281b5a3c6e5547403421c29a5233987c78d9
}
t1_content() {
cat <<'P_END_e3dccff25439eb98'
{
  "auths": {
    "r.example.com:5000": {
      "auth": "dXNlcjpzZWNyZXQ="
    },
    "s.example.com": {
      "auth": "dTpw"
    }
  }
}
P_END_e3dccff25439eb98
}
# t2 registryLogins: none
t2_check() {
[ ! -e /var/lib/kubelet/config.json ] || ! file_is_ours /var/lib/kubelet/config.json
}
t2_apply() {
ledger_file /var/lib/kubelet/config.json
remove_file /var/lib/kubelet/config.json
}
