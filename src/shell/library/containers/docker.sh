# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- Docker's configuration, which others may have written --------------------------

# Under other values of these Docker does not find what it has.
docker_places='data-root graph exec-root storage-driver userns-remap containerd-namespace containerd-plugins-namespace'

# docker_flags: names of settings that dockerd, process $d_pid, has on its command line: in the file they would keep it from
# starting.
docker_flags() {
  command -v dockerd >/dev/null || return 0
  {
    if [ "${d_pid:-0}" != 0 ] && [ -r "/proc/$d_pid/cmdline" ]; then
      tr '\0' '\n' <"/proc/$d_pid/cmdline"
    else
      systemctl show --value --property=ExecStart docker.service 2>/dev/null
      cat /etc/default/docker /etc/sysconfig/docker 2>/dev/null | sed 's/^[[:space:]]*#.*//'
    fi
  } | tr ' ' '\n' | tr '"' '\n' | sed -n '
    s/^--exec-opt\(=.*\)*$/exec-opts/p; s/^--log-opt\(=.*\)*$/log-opts/p; s/^--label\(=.*\)*$/labels/p
    s/^--registry-mirror\(=.*\)*$/registry-mirrors/p; s/^--insecure-registry\(=.*\)*$/insecure-registries/p
    s/^-H.*$/hosts/p; s/^--host\(=.*\)*$/hosts/p; s/^-g.*$/data-root/p; s/^--\([a-z][a-z-]*\)\(=.*\)*$/\1/p' | sort -u
}

# docker_has_data ROOT: whether anything of somebody's is there.
docker_has_data() {
  for d_thing in "$1"/containers/* "$1"/volumes/*/_data "$1"/image/*/imagedb/content/sha256/*; do
    [ ! -e "$d_thing" ] || return 0
  done
  return 1
}

# docker_settings PATH CRI CHOSEN...: prints the daemon.json that is to be there: ours, on stdin, over what others set. Leaves
# what merge_json does in $P_RUN/docker.$P_TASK. Status 3, which ends a program, where the two do not go together. Reads stdin.
docker_settings() {
  d_path=$1 d_cri=$2 d_work=$P_RUN/docker.$P_TASK
  shift 2
  rm -rf "$d_work" && mkdir "$d_work" && cat >"$d_work/ours" || return 1
  entry_name "$d_path"
  d_entry=$P_STATE/ledger/file/$R
  [ ! -f "$d_path" ] || cp "$d_path" "$d_work/theirs" || return 1
  [ ! -f "$d_entry/content" ] || cp "$d_entry/content" "$d_work/before" || return 1
  printf '%s\n' "$@" >"$d_work/chosen" && printf '%s\n' registry-mirrors insecure-registries exec-opts >"$d_work/lists" &&
    echo 'log-driver log-opts' >"$d_work/groups" && docker_ever >"$d_work/ever" || return 1
  if grep -qs '"native\.cgroupdriver=cgroupfs"' "$d_work/theirs" && ! grep -qx exec-opts "$d_work/ever"; then
    if [ "$d_cri" = cri-dockerd ]; then
      say "$d_path has native.cgroupdriver=cgroupfs, and the kubelet, which runs its containers in this Docker, has systemd:" \
        'change it to native.cgroupdriver=systemd and restart Docker'
      return 3
    fi
    echo exec-opts >"$d_work/without"
  fi
  # Only of a file of others can anything be left; and what is ours alone Docker has started with.
  if cmp -s "$d_work/ours" "$d_work/theirs"; then cat "$d_work/ours" && return; fi
  d_pid=$(systemctl show --value --property=MainPID docker.service 2>/dev/null) || :
  docker_flags >"$d_work/flags" && cat "$d_work/flags" >>"$d_work/without" || return 1
  d_root=$(docker_root "$d_path")
  [ ! -e "$d_root/swarm/docker-state.json" ] || echo live-restore >>"$d_work/without" || return 1
  docker_contradicts || return
  d_status=0
  merge_json "$d_work" >"$d_work/merged" 2>"$d_work/wrong" || d_status=$?
  if [ "$d_status" != 0 ]; then
    say "$d_path was not written by provision and cannot be read: $(cat "$d_work/wrong"). Correct it (dockerd --validate" \
      "--config-file $d_path), or move it away"
    return 3
  fi
  cmp -s "$d_work/theirs" "$d_work/merged" || docker_moves || return
  cat "$d_work/merged"
}

# docker_ever: keys that are ours in what is there. A file that we wrote whole, before keys were noted, is ours altogether.
docker_ever() {
  [ -s "$d_entry/written" ] || return 0
  if [ -s "$d_entry/keys" ]; then
    cat "$d_entry/keys"
  else
    {
      cat "$d_work/ours"
      ! file_is_ours "$d_path" || cat "$d_work/theirs"
    } | sed -n 's/^  "\([^"]*\)":.*/\1/p' | sort -u
  fi
}

# docker_root PATH: where Docker, process $d_pid, keeps its data now.
docker_root() {
  d_found=$(tr '\n' ' ' 2>/dev/null <"$1" | sed -n 's/.*"data-root"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
  [ -n "$d_found" ] || [ "${d_pid:-0}" = 0 ] ||
    d_found=$(tr '\0' '\n' 2>/dev/null <"/proc/$d_pid/cmdline" | sed -n 's/^--data-root=//p; s/^--graph=//p')
  printf '%s\n' "${d_found:-/var/lib/docker}"
}

# docker_contradicts: status 3 where the inventory names what dockerd has from elsewhere, or what a swarm does not allow.
docker_contradicts() {
  while IFS= read -r d_key; do
    grep -qxFe "$d_key" "$d_work/without" || continue
    if [ "$d_key" = live-restore ] && [ -e "$d_root/swarm/docker-state.json" ]; then
      say 'this Docker is in a swarm, in which it does not start with live-restore: take that out of docker: { daemon: … },' \
        'or have it leave (docker swarm leave)'
      return 3
    elif grep -qxFe "$d_key" "$d_work/flags"; then
      say "dockerd has $d_key on its command line here (systemctl cat docker.service), and does not start with it in" \
        "$d_path, too: take it out of docker: { daemon: … }, or out of the service"
      return 3
    fi
  done <"$d_work/chosen"
}

# docker_moves: status 3 where Docker has data here, and would look for it elsewhere.
docker_moves() {
  docker_has_data "$d_root" || return 0
  for d_key in $docker_places; do
    d_now=$(docker_place "$d_work/theirs") d_then=$(docker_place "$d_work/merged")
    [ "$d_now" != "$d_then" ] || continue
    say "Docker has containers, images or volumes below $d_root, which it would not find any more with $d_key: ${d_then:-its default}" \
      "in the place of ${d_now:-its default}. Write the value that is in use into docker: { daemon: … }; or stop Docker, move its" \
      'data yourself, and run again'
    return 3
  done
}

# docker_place FILE: the value of $d_key there; where it is not said, Docker's own.
docker_place() {
  d_value=$(tr '\n' ' ' <"$1" | sed -n "s/.*\"$d_key\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p")
  case $d_key:$d_value in
  data-root:) d_value=$d_root ;;
  exec-root:) d_value=/var/run/docker ;;
  esac
  printf '%s\n' "$d_value"
}

# docker_settings_are PATH CRI CHOSEN...: Reads stdin.
docker_settings_are() {
  docker_settings "$@" >"$P_RUN/docker.wanted" && roots_file_is "$1" "$P_RUN/docker.wanted"
}

# set_docker_settings PATH CRI CHOSEN...: Reads stdin.
set_docker_settings() {
  ledger_file "$1" && docker_settings "$@" >"$P_RUN/docker.wanted" || return
  d_mode=644
  [ ! -f "$1" ] || d_mode=$(stat -c %a "$1") || return 1
  # Before the file, which would be taken for somebody else's without them.
  cat "$d_work/keys" "$d_work/ever" | sort -u >"$d_work/all" && put_note "$d_entry/keys" <"$d_work/all" &&
    write_file "$1" "$d_mode" root root <"$P_RUN/docker.wanted" || return 1
  [ ! -s "$d_work/kept" ] || note "$1 was here: it keeps $(tr '\n' ' ' <"$d_work/kept")"
  keep_containers
}

# keep_containers: has a Docker that runs take live-restore up, so that its containers outlive the restart that is owed.
keep_containers() {
  systemctl -q is-active docker.service 2>/dev/null && grep -q '"live-restore": true' "$P_RUN/docker.wanted" || return 0
  systemctl reload docker.service || return 0
  k_left=20
  until [ "$(timeout 5 docker info --format '{{.LiveRestoreEnabled}}' 2>/dev/null)" = true ]; do
    k_left=$((k_left - 1))
    [ "$k_left" -gt 0 ] || return 0
    sleep 0.5
  done
}
