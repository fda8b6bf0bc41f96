# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: leaving etcd ------------------------------------------------------------------
# A control plane that goes while others stay takes its member out of etcd first: a member that is gone for good and still
# counted is one failure less that the others can bear.

etcd_manifest=/etc/kubernetes/manifests/etcd.yaml

# etcd_runs: sets e_by and e_container to who runs the etcd of this host, and its id.
etcd_runs() {
  if [ -S /run/containerd/containerd.sock ]; then
    e_tasks=$nl$(timeout 20 ctr -n k8s.io tasks ls 2>/dev/null | sed -n 's/ .*RUNNING.*//p')$nl
    for e_container in $(timeout 20 ctr -n k8s.io containers ls -q 'labels."io.kubernetes.container.name"==etcd' 2>/dev/null); do
      e_by=ctr
      case $e_tasks in *"$nl$e_container$nl"*) return 0 ;; esac
    done
  fi
  e_by=docker
  e_container=$(timeout 20 docker ps -q --no-trunc --filter label=io.kubernetes.container.name=etcd 2>/dev/null | head -n 1) || :
  [ -n "$e_container" ]
}

# etcd_ctl WORD...: etcdctl, as the image of this host's own etcd has it.
etcd_ctl() {
  set -- etcdctl --endpoints=https://127.0.0.1:2379 --command-timeout=10s --cacert=/etc/kubernetes/pki/etcd/ca.crt \
    --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
  if [ "$e_by" = docker ]; then
    timeout 30 docker exec "$e_container" "$@"
  else
    e_exec=$((${e_exec:-0} + 1))
    timeout 30 ctr -n k8s.io tasks exec --exec-id "reset-$$-$e_exec-$(date +%N)" "$e_container" "$@"
  fi
}

# etcd_left: nothing of etcd is here, or this host is its only member.
# shellcheck disable=SC2016 # commands, for people
etcd_left() {
  [ ! -e "$P_STATE/reset/etcd-left" ] || return 0
  [ -e "$etcd_manifest" ] || return 0
  if ! etcd_runs; then
    note "its etcd does not run, so its membership cannot be ended from here: on another control plane, \`etcdctl member list\` and \`etcdctl member remove\`"
    return 0
  fi
  # Lines "ID, started, NAME, PEER URLS, CLIENT URLS, LEARNER".
  if ! e_members=$(etcd_ctl member list); then
    if [ -e "$P_STATE/reset/etcd-leaves" ]; then
      note 'its member was leaving etcd when an earlier reset was cut short, and its etcd does not answer: on another control plane, `etcdctl member list` tells whether it has'
      return 0
    fi
    say 'etcd does not answer, so there is no majority that could let its member go; without a host, reset takes the whole cluster apart, and `provision rebuild` looks what can be saved'
    return 3
  fi
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
  etcd_runs
  e_url=$(sed -n 's/^ *- --initial-advertise-peer-urls=//p' "$etcd_manifest")
  e_id=$(etcd_ctl member list | sed -n "s|^\([0-9a-f]*\), .*, $e_url, .*|\1|p")
  if [ -z "$e_id" ]; then
    say "no member of etcd has the address $e_url"
    return 1
  fi
  # An etcd that has been removed ends, and can tell nobody that it was.
  mkdir -p "$P_STATE/reset"
  : >"$P_STATE/reset/etcd-leaves"
  sync "$P_STATE/reset/etcd-leaves"
  etcd_ctl member remove "$e_id"
  mv "$P_STATE/reset/etcd-leaves" "$P_STATE/reset/etcd-left"
  sync "$P_STATE/reset"
}
