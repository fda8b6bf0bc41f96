# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- images -----------------------------------------------------------------------

# images_are containerd|docker REF...
images_are() {
  i_into=$1
  shift
  if [ "$i_into" = docker ]; then
    docker image inspect --format '{{.Id}}' -- "$@" >/dev/null && return 0
    return 1
  fi
  i_there=$nl$(ctr -n k8s.io images ls -q)$nl
  for i_ref in "$@"; do
    case $i_there in *"$nl$i_ref$nl"*) ;; *)
      say "$i_ref is not here"
      return 1
      ;;
    esac
  done
}

# pull_images containerd|docker REF...: three at a time.
pull_images() {
  i_into=$1
  shift
  i_running='' i_failed=0
  for i_ref in "$@"; do
    if images_are "$i_into" "$i_ref" 2>/dev/null; then continue; fi
    ledger image "$i_ref" "into=$i_into" || i_failed=1
    [ "$i_failed" = 0 ] || break
    retry 3 2 pull_image "$i_into" "$i_ref" &
    i_running="$i_running $!"
    # shellcheck disable=SC2086 # process ids
    set_oldest $i_running
    [ "$i_count" -lt 3 ] || wait_oldest || i_failed=1
  done
  while [ -n "$i_running" ]; do
    # shellcheck disable=SC2086 # process ids
    set_oldest $i_running
    wait_oldest || i_failed=1
  done
  return "$i_failed"
}
set_oldest() { i_oldest=$1 i_count=$#; }
wait_oldest() {
  i_running=${i_running#" $i_oldest"}
  wait "$i_oldest"
}

pull_image() {
  say "pulling $2"
  pull_one "$@" && say "$2 is here"
}
pull_one() {
  if [ "$1" = docker ]; then
    docker pull --quiet "$2" >/dev/null
  else
    # The progress bars of ctr are for eyes only; and it calls it an error that its look at what is there ends with the pull.
    i_status=$({
      { if ctr_pull "$2"; then echo 0 >&4; else echo "$?" >&4; fi; } 2>&1 >/dev/null |
        awk '!/active check failed/ { print; fflush() }' >&2
    } 4>&1)
    return "$i_status"
  fi
}
ctr_pull() { with_proxy ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1"; }

# unnamed_registries NAME...: files that we wrote for containerd or Docker of registries that are none of these. The ledger
# knows which are ours.
unnamed_registries() {
  for u_entry in "$P_STATE"/ledger/file/%2Fetc%2Fcontainerd%2Fcerts.d%2F* "$P_STATE"/ledger/file/%2Fetc%2Fdocker%2Fcerts.d%2F*; do
    [ -e "$u_entry/meta" ] || continue
    u_file=${u_entry##*certs.d%2F}
    case " $* " in *" ${u_file%%\%2F*} "*) continue ;; esac
    u_path=/etc/containerd/certs.d/${u_file%%\%2F*}/${u_file##*%2F}
    case $u_entry in *%2Fdocker%2F*) u_path=/etc/docker/${u_path#/etc/containerd/} ;; esac
    if [ -e "$u_path" ] || [ -L "$u_path" ]; then printf '%s\n' "$u_path"; fi
  done
}
