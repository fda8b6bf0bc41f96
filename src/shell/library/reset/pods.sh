# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: pods ---------------------------------------------------------------------------

# list_pods: what of Kubernetes runs or is mounted here, a line each.
list_pods() {
  concerned || return 0
  ! unit_runs kubelet.service || echo 'stop kubelet.service'
  pod_containers | sed 's/^/end container /'
  pod_shims | sed 's/^/end process /'
  pod_slices | sed 's/^/stop /'
  mounts_below /var/lib/kubelet /run/netns/cni- | sed 's/^/unmount /'
}

unit_runs() {
  case $(systemctl show --value --property=ActiveState -- "$1" 2>/dev/null) in
  active | activating | reloading | deactivating) return 0 ;;
  *) return 1 ;;
  esac
}

# pod_containers: "ctr ID" and "docker ID" of all that belong to pods, sandboxes among them.
pod_containers() {
  if [ -S /run/containerd/containerd.sock ] && command -v ctr >/dev/null; then
    timeout 20 ctr -n k8s.io containers ls -q 2>/dev/null | sed 's/^/ctr /' || :
  fi
  if [ -S /run/docker.sock ] && command -v docker >/dev/null && unit_runs docker.service; then
    timeout 20 docker ps -aq --no-trunc --filter label=io.kubernetes.pod.uid 2>/dev/null | sed 's/^/docker /' || :
  fi
}

# pod_slices: what systemd keeps of the pods' control groups, the innermost first.
pod_slices() { systemctl list-units --plain --no-legend --no-pager --all 'kubepods*.slice' 2>/dev/null | sed 's/ .*//' | sort -r; }

# shims NAMESPACE: process ids of containerd's shims of a namespace; of all without one.
shims() {
  grep -lsz 'containerd-shim' /proc/[0-9]*/cmdline 2>/dev/null | while read -r s_file; do
    case "$({ tr '\0' ' ' <"$s_file"; } 2>/dev/null)" in
    *containerd-shim*"-namespace ${1:-}"*)
      s_pid=${s_file#/proc/}
      printf '%s\n' "${s_pid%/cmdline}"
      ;;
    esac
  done
}
pod_shims() { shims 'k8s.io '; }

# mounts_below WHERE...: mount points below a directory, or beginning with a name that ends in -; the deepest first. A
# directory that is itself a mount (a disk of its own) is not below itself.
mounts_below() {
  while read -r _ _ _ _ m_point _; do
    m_point=$(printf '%b' "$m_point")
    for m_where in "$@"; do
      case $m_where in *-) ;; *) m_where=$m_where/ ;; esac
      case $m_point in "$m_where"?*) printf '%s\n' "$m_point" ;; esac
    done
  done </proc/self/mountinfo | sort -r -u
}

end_pods() {
  systemctl stop kubelet.service 2>/dev/null || :
  systemctl reset-failed kubelet.service 2>/dev/null || :
  node_is_not_ready
  # The runtime's own way first: it gives back addresses and forwarded ports.
  if [ -n "$(pod_containers)" ] && [ -e /etc/crictl.yaml ]; then
    timeout 120 crictl rmp --force --all >/dev/null || say 'the runtime could not remove every pod: ending them without it'
  fi
  end_containers && end_processes pod_shims || return 1
  # With one those inside it go.
  for e_slice in $(pod_slices); do systemctl stop "$e_slice" 2>/dev/null || :; done
  unmount_below /var/lib/kubelet /run/netns/cni- || return 1
  for e_file in /run/netns/cni-*; do [ ! -e "$e_file" ] || rm -f "$e_file" || return 1; done
}

# node_is_not_ready: said for the kubelet, with its own credentials: the cluster stops sending it work at once, and the
# host may join again at once. In vain where the cluster does not answer. A kubelet may write its node's status but not
# read it by itself, which is what kubectl's own patch of a status begins with: so the node is read whole and written back.
node_is_not_ready() {
  kubelet_joined && command -v kubectl >/dev/null || return 0
  # The host's name may be another one.
  n_name=$(as_kubelet auth whoami -o 'jsonpath={.status.userInfo.username}' 2>/dev/null) || return 0
  n_name=${n_name#system:node:}
  n_patch='{"status":{"conditions":[{"type":"Ready","status":"False","reason":"HostReset","message":"the host is being reset"}]}}'
  {
    as_kubelet get node "$n_name" -o json >"$P_RUN/node" &&
      as_kubelet patch --local -f "$P_RUN/node" --type=strategic -p "$n_patch" -o json >"$P_RUN/node.reset" &&
      as_kubelet replace --raw "/api/v1/nodes/$n_name/status" -f "$P_RUN/node.reset"
  } >/dev/null 2>&1 || :
}

as_kubelet() {
  timeout 15 kubectl --kubeconfig /etc/kubernetes/kubelet.conf --cache-dir "$P_RUN/cache" --request-timeout 10s "$@"
}

# end_containers: without the runtime's consent. Rounds, since one goes only when what runs in it has, and what shares its
# namespaces.
end_containers() {
  for e_round in 1 2 3 4 5 6; do
    pod_containers >"$P_RUN/containers" || return 1
    [ -s "$P_RUN/containers" ] || return 0
    [ "$e_round" = 1 ] || sleep 1
    for e_step in kill remove; do
      while read -r e_by e_id; do "${e_step}_container" "$e_by" "$e_id" & done <"$P_RUN/containers"
      wait
    done
  done
  say "containers do not end: $(pod_containers | tr '\n' ' ')"
}

kill_container() {
  [ "$1" = docker ] || timeout 10 ctr -n k8s.io tasks kill -s KILL "$2" >/dev/null 2>&1 || :
}

remove_container() {
  if [ "$1" = docker ]; then
    timeout 30 docker rm -f "$2" >/dev/null 2>&1 || :
  else
    timeout 10 ctr -n k8s.io tasks rm -f "$2" >/dev/null 2>&1 || :
    timeout 10 ctr -n k8s.io containers rm "$2" >/dev/null 2>&1 || :
  fi
}

# end_processes LISTER: asked, then made to; what they started goes with them.
end_processes() {
  e_tries=0
  while e_pids=$("$1") && [ -n "$e_pids" ]; do
    if [ "$e_tries" -ge 10 ]; then
      say "processes do not end: $(printf '%s' "$e_pids" | tr '\n' ' ')"
      return 1
    fi
    for e_pid in $e_pids; do
      # A shim takes its container with it only when asked nicely; its children are ended by hand.
      if [ "$e_tries" -ge 2 ]; then
        # shellcheck disable=SC2046 # process ids
        kill -KILL "$e_pid" $(cat "/proc/$e_pid/task/$e_pid/children" 2>/dev/null) 2>/dev/null || :
      else
        kill -TERM "$e_pid" 2>/dev/null || :
      fi
    done
    e_tries=$((e_tries + 1))
    sleep 0.5
  done
}

# unmount_below PREFIX...: all of it, or a failure: what is removed afterwards must not be a volume of somebody's.
unmount_below() {
  for u_round in 1 2 3; do
    mounts_below "$@" | while IFS= read -r u_point; do
      umount "$u_point" 2>/dev/null || { [ "$u_round" = 1 ] || umount -l "$u_point" || :; }
    done
    u_left=$(mounts_below "$@")
    [ -n "$u_left" ] || return 0
    sleep 1
  done
  say "cannot be unmounted: $(printf '%s' "$u_left" | tr '\n' ' ')"
  return 1
}
