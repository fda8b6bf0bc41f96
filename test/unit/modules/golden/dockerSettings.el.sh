# t1 dockerSettings: a whole file
t1_check() {
! file_is /etc/docker/daemon.json 644 root root f107b35b627a37e3b309be112d9f8df2c160f89a10761a82566ede0dda1dacda || exit 0
t1_content | docker_settings_are /etc/docker/daemon.json containerd data-root
}
t1_apply() {
t1_content | set_docker_settings /etc/docker/daemon.json containerd data-root
}
t1_diff=t1_diff_text
t1_diff_text() {
t1_content | docker_settings /etc/docker/daemon.json containerd data-root >"$P_RUN/docker.wanted"
diff_file /etc/docker/daemon.json 644 <"$P_RUN/docker.wanted"
}
t1_content() {
cat <<'P_END_f107b35b627a37e3'
rendered from docker/daemon.json.ejs
P_END_f107b35b627a37e3
}
# t2 dockerSettings: refused alone
t2_check() {
! file_is /etc/docker/daemon.json 644 root root f107b35b627a37e3b309be112d9f8df2c160f89a10761a82566ede0dda1dacda || exit 0
t2_content | docker_settings /etc/docker/daemon.json cri-dockerd >"$P_RUN/docker.wanted"
}
t2_apply() {
:
}
t2_content() {
cat <<'P_END_f107b35b627a37e3'
rendered from docker/daemon.json.ejs
P_END_f107b35b627a37e3
}
