# t1 containerdSettings: a whole file
t1_check() {
! file_is /etc/containerd/config.toml 644 root root 2b72ed17ca0e76f9482075616da862cc94f8fcc23ee4de1fa12a8c321905e547 || exit 0
t1_content | containerd_settings_are /etc/containerd/config.toml
}
t1_apply() {
t1_content | set_containerd_settings /etc/containerd/config.toml
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | containerd_settings /etc/containerd/config.toml >"$P_RUN/containerd.wanted"
diff_file /etc/containerd/config.toml 644 <"$P_RUN/containerd.wanted"
}
t1_content() {
cat <<'P_END_2b72ed17ca0e76f9'
rendered from containerd/config.toml.ejs
P_END_2b72ed17ca0e76f9
}
# t2 containerdSettings: refused alone
t2_check() {
! file_is /etc/containerd/config.toml 644 root root 2b72ed17ca0e76f9482075616da862cc94f8fcc23ee4de1fa12a8c321905e547 || exit 0
t2_content | containerd_settings /etc/containerd/config.toml >"$P_RUN/containerd.wanted"
}
t2_apply() {
:
}
t2_content() {
cat <<'P_END_2b72ed17ca0e76f9'
rendered from containerd/config.toml.ejs
P_END_2b72ed17ca0e76f9
}
