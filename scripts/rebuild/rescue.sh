# shellcheck shell=sh disable=SC2154 # what the prelude sets
# An archive of what a dead etcd left; part of a program, after backup/archive.sh. The data itself is only read: a copy of it
# is started as a cluster of one member (--force-new-cluster), which replays its log up to what a majority had agreed on, and
# the archive is made of that. Source: etcd's disaster recovery guide, "Restarting a cluster from majority failure".

# rescue DIRECTORY CLUSTER HOST INVENTORY: as make_archive, of /var/lib/etcd.
rescue() {
  c_work=${1%/*}
  c_data=/var/lib/etcd/member
  c_needed=$(($(du -sk "$c_data" | cut -f 1) + 32768))
  c_free=$(df -Pk "$c_work" | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  if [ "$c_free" -lt "$c_needed" ]; then
    say "not enough room: $c_work has $c_free KiB, and a copy of etcd's data takes $c_needed"
    return 1
  fi
  rm -rf "$c_work/copy"
  mkdir -m 700 "$c_work/copy"
  cp -a "$c_data" "$c_work/copy/"
  c_socket=unix://$P_RUN/rescue.sock
  # On sockets that only root reaches; what it advertises must look like an address, and is nobody's.
  "$P_STATE/etcd/etcd" --name rescue --data-dir "$c_work/copy" --force-new-cluster --listen-client-urls "$c_socket" \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls "unix://$P_RUN/rescue-peer.sock" \
    --log-level warn >"$P_RUN/etcd.log" 2>&1 &
  c_etcd=$!
  c_status=0
  rescued "$@" || c_status=$?
  kill "$c_etcd" 2>/dev/null || :
  wait "$c_etcd" || :
  rm -rf "$c_work/copy"
  if [ "$c_status" -ne 0 ]; then
    tail -n 5 "$P_RUN/etcd.log" | cut_lines 600 >&2
    say "what etcd left here could not be read"
    return 1
  fi
}

# rescued DIRECTORY...: with the copy running.
rescued() {
  c_left=600
  until timeout 10 "$P_STATE/etcd/etcdctl" --endpoints "$c_socket" --command-timeout 5s endpoint health >/dev/null 2>&1; do
    c_left=$((c_left - 1))
    if [ "$c_left" -le 0 ] || ! kill -0 "$c_etcd" 2>/dev/null; then
      say "etcd does not start from a copy of this host's data"
      return 1
    fi
    sleep 0.5
  done
  make_archive "$@" "--endpoints=$c_socket"
}
