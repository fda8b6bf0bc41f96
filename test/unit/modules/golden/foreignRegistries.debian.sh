# t1 foreignRegistries: two
t1_check() {
status=0
registry_is_ours /etc/containerd/certs.d/docker.io/hosts.toml 317e88707bef2b5801680f70a76a1df1400c57cf463b7778bd3d492fe2f50598 || status=3
registry_is_ours /etc/containerd/certs.d/r:5000/hosts.toml 1843c69983d1c4d79a6b1076ac0dc544ca00c62014eb5ce5f319b6e3c1463cda || status=3
exit "$status"
}
t1_apply() {
:
}
# t2 foreignRegistries: none
t2_check() {
status=0
exit "$status"
}
t2_apply() {
:
}
