# shellcheck shell=sh disable=SC2154 # what the prelude and archive.sh set
# An archive proven by restoring it: a scratch etcd of its data, reached by nobody but root, its objects counted.

# prove_archive DIRECTORY: of DIRECTORY/archive.tar; writes what it found to $P_RUN/proof. The directory is gone in the end.
prove_archive() {
  v_directory=$1 v_etcd=''
  umask 077
  trap 'end_scratch' EXIT
  trap 'exit 143' TERM HUP INT
  prove_room "$v_directory"
  tar -xf "$v_directory/archive.tar" --no-same-owner -C "$v_directory" manifest.json etcd.snapshot
  rm -f "$v_directory/archive.tar"
  "$P_STATE/etcd/etcdutl" snapshot status "$v_directory/etcd.snapshot" -w json >"$v_directory/status"
  say 'restoring into a scratch etcd'
  "$P_STATE/etcd/etcdutl" snapshot restore "$v_directory/etcd.snapshot" --data-dir "$v_directory/data" --name proof \
    --initial-cluster proof=http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    >"$P_RUN/restore.log" 2>&1 || { tail -n 5 "$P_RUN/restore.log" | cut_lines 600 >&2; return 1; }
  rm -f "$v_directory/etcd.snapshot"
  start_scratch "$v_directory/data"
  v_revision=$(json_number revision <"$v_directory/status")
  say "counting objects at revision $v_revision"
  list_objects "$v_revision" --endpoints="unix://$P_RUN/proof.sock" >"$v_directory/keys"
  v_objects=$(count_kinds <"$v_directory/keys" | sed 's/^\([0-9]*\) \(.*\)$/"\2":\1/' | paste -sd, -)
  printf '{"revision":%s,"etcdHash":%s,"totalKeys":%s,"objects":{%s}}\n' "$v_revision" \
    "$(json_number hash <"$v_directory/status")" "$(json_number totalKey <"$v_directory/status")" "$v_objects" >"$P_RUN/proof"
}

# prove_room DIRECTORY: beside the tar, the snapshot and what is restored of it.
prove_room() {
  p_needed=$((2 * $(stat -c %s "$1/archive.tar") + 134217728)) p_free=$(($(stat -f -c '%a * %S' "$1")))
  if [ "$p_free" -lt "$p_needed" ]; then
    say "not enough room: restoring takes $p_needed bytes in $1, and there are $p_free"
    return 1
  fi
}

# start_scratch DATA: on sockets in the program's own directory; what it advertises is nobody's. The kernel ends it with the
# shell that started it, however that one ends.
start_scratch() {
  setpriv --pdeathsig KILL -- "$P_STATE/etcd/etcd" --name proof --data-dir "$1" --listen-client-urls "unix://$P_RUN/proof.sock" \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls "unix://$P_RUN/proof-peer.sock" \
    --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster proof=http://127.0.0.1:2380 \
    --quota-backend-bytes 17179869184 --log-level warn >"$P_RUN/scratch.log" 2>&1 &
  v_etcd=$!
  s_left=240
  until "$P_STATE/etcd/etcdctl" --endpoints="unix://$P_RUN/proof.sock" --command-timeout=5s endpoint health >/dev/null 2>&1; do
    s_left=$((s_left - 1))
    if [ "$s_left" -le 0 ] || ! kill -0 "$v_etcd" 2>/dev/null; then
      tail -n 5 "$P_RUN/scratch.log" | cut_lines 600 >&2
      say 'etcd does not start from what was restored'
      return 1
    fi
    sleep 0.5
  done
}

end_scratch() {
  [ -z "$v_etcd" ] || kill "$v_etcd" 2>/dev/null || :
  [ -z "$v_etcd" ] || wait "$v_etcd" || :
  rm -rf "$v_directory"
}
