# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: whether this host may be reset -----------------------------------------------

# may_reset NAMED: a host that somebody else made a node is taken apart only when it was named. NAMED: yes or no.
may_reset() {
  is_node || return 0
  [ ! -d "$P_STATE/ledger/kubernetes" ] || return 0
  if [ "$1" = yes ]; then
    note 'this node was not made by provision: what Kubernetes left is removed, what others installed and configured stays'
    return 0
  fi
  say 'this node was not made by provision: it is reset only when it is named, as in: provision reset HOST'
  return 3
}

# concerned: something of ours or of Kubernetes is here. Where there is not (a host that was never a node, or has been reset)
# what bears the names of Kubernetes is somebody's own, and nothing says what was there before.
# Entries count, not the directories of their kinds: those stay behind, empty, when a reset is cut short.
concerned() { [ -d "$P_STATE/ledger/baseline/system" ] || [ -n "$(ls -A "$P_STATE/ledger/kubernetes" 2>/dev/null)" ] || is_node; }

is_node() { kubelet_joined || [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ]; }

# warn_node_stays: what a reset of some hosts of a cluster leaves in the cluster.
warn_node_stays() {
  ! is_node || note "the cluster goes on listing this node; \`provision remove\` drains it and takes it out as well"
}
