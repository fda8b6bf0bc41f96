# shellcheck shell=sh disable=SC2154 # what the prelude sets
# A snapshot of what a dead etcd left; part of a program. The data itself is only read: a copy of it is started as a cluster of
# one member (--force-new-cluster), which replays its log up to what a majority had agreed on, and asked for a snapshot.
# Source: etcd's disaster recovery guide, "Restarting a cluster from majority failure".

tools=$P_STATE/etcd

# rescue ID: leaves $P_STATE/rebuild/ID/etcd.snapshot.
rescue() {
  work=$P_STATE/rebuild/$1
  data=/var/lib/etcd/member
  mkdir -p "$work"
  chmod 700 "$P_STATE/rebuild" "$work"
  r_needed=$(($(du -sk "$data" | cut -f 1) + $(stat -c %s "$data/snap/db") / 1024 + 32768))
  r_free=$(df -Pk "$work" | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9]*% .*/\1/p')
  if [ "$r_free" -lt "$r_needed" ]; then
    say "No space left on device: $work has $r_free KiB, and a copy of etcd's data takes $r_needed"
    return 1
  fi
  rm -rf "$work/copy" "$work/etcd.snapshot"
  mkdir -m 700 "$work/copy"
  cp -a "$data" "$work/copy/"
  rescue_start "$work"
  r_status=0
  rescue_snapshot "$work" || r_status=$?
  kill "$r_etcd" 2>/dev/null || :
  wait "$r_etcd" || :
  if [ "$r_status" -ne 0 ]; then
    tail -n 5 "$P_RUN/etcd.log" | cut -c 1-600 >&2
    return 1
  fi
  rm -rf "$work/copy"
  sync "$work/etcd.snapshot.new"
  mv "$work/etcd.snapshot.new" "$work/etcd.snapshot"
  sync "$work"
}

# rescue_start WORK: on sockets that only root reaches; what it advertises must look like an address, and is nobody's.
rescue_start() {
  r_socket=unix://$P_RUN/rescue.sock
  "$tools/etcd" --name rescue --data-dir "$1/copy" --force-new-cluster --listen-client-urls "$r_socket" \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls "unix://$P_RUN/rescue-peer.sock" \
    --log-level warn >"$P_RUN/etcd.log" 2>&1 &
  r_etcd=$!
}

rescue_snapshot() {
  r_left=600
  until timeout 10 "$tools/etcdctl" --endpoints "$r_socket" --command-timeout 5s endpoint health >/dev/null 2>&1; do
    r_left=$((r_left - 1))
    if [ "$r_left" -le 0 ] || ! kill -0 "$r_etcd" 2>/dev/null; then
      say "etcd does not start from a copy of this host's data"
      return 1
    fi
    sleep 0.5
  done
  timeout 1800 "$tools/etcdctl" --endpoints "$r_socket" snapshot save "$1/etcd.snapshot.new" >>"$P_RUN/etcd.log" 2>&1 || return 1
  chmod 600 "$1/etcd.snapshot.new"
}
