# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: leaving etcd ------------------------------------------------------------------
# A control plane that goes while others stay takes its member out of etcd first: a member that is gone for good and still
# counted is one failure less that the others can bear.

etcd_manifest=/etc/kubernetes/manifests/etcd.yaml

# etcd_runs: sets e_etcdctl to the etcdctl that the running etcd of this host has in its container.
etcd_runs() {
  e_pid=''
  if [ -S /run/containerd/containerd.sock ]; then
    # Lines "ID PID STATUS".
    e_tasks=$(timeout 20 ctr -n k8s.io tasks ls 2>/dev/null) || :
    for e_container in $(timeout 20 ctr -n k8s.io containers ls -q 'labels."io.kubernetes.container.name"==etcd' 2>/dev/null); do
      e_pid=$(printf '%s\n' "$e_tasks" | sed -n "s/^$e_container  *\([0-9]*\)  *RUNNING.*/\1/p")
      [ -z "$e_pid" ] || break
    done
  fi
  if [ -z "$e_pid" ]; then
    e_container=$(timeout 20 docker ps -q --no-trunc --filter label=io.kubernetes.container.name=etcd 2>/dev/null | head -n 1) || :
    [ -n "$e_container" ] || return 1
    e_pid=$(timeout 20 docker inspect -f '{{.State.Pid}}' "$e_container" 2>/dev/null) || return 1
  fi
  e_etcdctl=/proc/$e_pid/root/usr/local/bin/etcdctl
}

# etcd_ctl WORD...: etcdctl, with this host's own right to ask. A later --endpoints wins.
etcd_ctl() {
  timeout 30 "$e_etcdctl" --endpoints=https://127.0.0.1:2379 --command-timeout=10s --cacert=/etc/kubernetes/pki/etcd/ca.crt \
    --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}

# own_member: sets e_id to the id of this host's member of $e_members, empty where there is none.
# Lines "ID, started, NAME, PEER URLS, CLIENT URLS, LEARNER".
own_member() {
  e_url=$(sed -n 's/^ *- --initial-advertise-peer-urls=//p' "$etcd_manifest") || return 1
  e_id=$(printf '%s\n' "$e_members" | E_URL=$e_url awk -F ', ' '$4 == ENVIRON["E_URL"] { print $1 }')
}

# etcd_mark: sets e_mark to the file that says which member leaves, and whom to ask whether it has: "ID ENDPOINTS". It lies
# with the member's data and goes with them: a cluster that is made later on the same addresses has the same ids.
etcd_mark() {
  e_mark=$(sed -n 's/^ *- --data-dir=//p' "$etcd_manifest") || return 1
  e_mark=${e_mark:-/var/lib/etcd}/member/provision-leaves
}

# has_left: an earlier reset began to take the member out, and those that stay do not list it. The mark alone says nothing:
# the earlier one may have been refused.
has_left() {
  etcd_mark && [ -s "$e_mark" ] && read -r h_id h_others <"$e_mark" && [ -n "$h_others" ] || return 1
  # The one that was kept then: the one in the container goes with its etcd.
  e_etcdctl=$P_STATE/reset/etcdctl
  h_members=$(etcd_ctl --endpoints="$h_others" member list) || return 1
  case $nl$h_members in *"$nl$h_id, "*) return 1 ;; esac
}

# etcd_left: nothing of etcd is here, or this host is its only member, or has left it.
etcd_left() {
  [ -e "$etcd_manifest" ] || return 0
  if ! etcd_runs; then
    has_left ||
      note "its etcd does not run, so its membership cannot be ended from here: on another control plane, \`etcdctl member list\` and \`etcdctl member remove\`"
    return 0
  fi
  if ! e_members=$(etcd_ctl member list); then
    ! has_left || return 0
    # shellcheck disable=SC2016 # a command, for people
    say 'etcd does not answer, so there is no majority that could let its member go; without a host, reset takes the whole cluster apart, and `provision rebuild` looks what can be saved'
    return 3
  fi
  own_member || return 2
  [ -n "$e_id" ] || ! has_left || return 0
  e_count=$(printf '%s\n' "$e_members" | grep -c ', ') || :
  [ "$e_count" -gt 1 ] || return 0
  e_healthy=$(etcd_ctl endpoint health --cluster 2>&1 | grep -c ' is healthy') || :
  # Of those that stay: this one answers, or it would not have got here.
  e_stay=$((e_healthy - 1)) e_quorum=$(((e_count - 1) / 2 + 1))
  if [ "$e_stay" -lt "$e_quorum" ]; then
    say "of the $((e_count - 1)) members of etcd that would stay $e_stay are healthy, and $e_quorum are needed: the cluster would lose its quorum"
    return 3
  fi
  say "its member leaves etcd, $((e_count - 1)) stay"
  return 1
}

leave_etcd() {
  # The one in the container goes with its etcd.
  etcd_runs && mkdir -p "$P_STATE/reset" || return 1
  if ! cp "$e_etcdctl" "$P_STATE/reset/etcdctl"; then
    rm -f "$P_STATE/reset/etcdctl"
    return 1
  fi
  e_etcdctl=$P_STATE/reset/etcdctl
  etcd_mark && e_members=$(etcd_ctl member list) && own_member || return 1
  if [ -z "$e_id" ]; then
    say "no member of etcd has the address $e_url"
    return 1
  fi
  # Those that stay are asked: an etcd that is removed ends, at times before it has answered.
  e_others=$(printf '%s\n' "$e_members" | sed -n "/^$e_id,/d; s/^[0-9a-f]*, started, .*, \(https:[^ ]*\), [a-z]*\$/\1/p" | paste -s -d , -)
  printf '%s %s\n' "$e_id" "$e_others" >"$e_mark" && to_disk "$e_mark" "${e_mark%/*}" &&
    wait_for 60 "etcd to let this member go" let_go
}

# let_go: this host's member has left, now or when it was asked before.
let_go() {
  e_members=$(etcd_ctl --endpoints="$e_others" member list) || return 1
  case $nl$e_members in *"$nl$e_id, "*) etcd_ctl --endpoints="$e_others" member remove "$e_id" ;; esac
}
