# shellcheck shell=sh disable=SC2154,SC2034 # what the prelude sets, and what the other parts use
# --- reset: what belongs to whom ------------------------------------------------------
# Names by which Kubernetes, network add-ons, containerd and Docker can be told from everybody else. Only what bears one
# of them, and was not there before us, is ever removed. Sources: the projects' own constants.

# Links. kube-proxy: kube-ipvs0; kube-router: kube-bridge, kube-dummy-if, tun-*; NodeLocal DNS: nodelocaldns; flannel;
# Calico; Cilium; Weave; Antrea; the bridge plugin's default (and the lab's): cni0.
owned_link() {
  case $1 in
  cni0 | kube-ipvs0 | kube-bridge | kube-dummy-if | tun-* | nodelocaldns) return 0 ;;
  flannel.[0-9]* | flannel-v6.[0-9]* | flannel-wg | flannel-wg-v6) return 0 ;;
  cali???????????) case ${1#cali} in *[!0-9a-f]*) return 1 ;; esac ;;
  vxlan.calico | vxlan-v6.calico | wireguard.cali | wg-v6.cali) return 0 ;;
  cilium_host | cilium_net | cilium_vxlan | cilium_geneve | cilium_wg0) return 0 ;;
  weave | vethwe-* | datapath | antrea-gw0 | antrea-tun0) return 0 ;;
  docker0 | docker_gwbridge) docker_is_ours ;;
  br-????????????) case ${1#br-} in *[!0-9a-f]*) return 1 ;; *) docker_is_ours ;; esac ;;
  *) return 1 ;;
  esac
}

# Chains of iptables, as one extended expression for a whole name.
owned_chains() {
  o_all='KUBE-[^ ]*|cali-[^ ]*|CILIUM_[^ ]*|OLD_CILIUM_[^ ]*|FLANNEL-[^ ]*|WEAVE[^ ]*|ANTREA-[^ ]*|CNI-[^ ]*'
  ! docker_is_ours || o_all="$o_all|DOCKER|DOCKER-[^ ]*"
  printf '%s' "($o_all)"
}

# Rules in chains of others that jump to no chain of ours: known by their comment, by the set they ask, or, of Docker's, by
# their exact form.
owned_rules() {
  o_all='--comment "?(flanneld |cali:|cilium: |kube-router |lab-network( |$))|--match-set (inet6:)?(KUBE-|kube-router-|cali[46]0)'
  # kube-router's own words about three of its rules.
  o_all="$o_all|^filter -D FORWARD -[io] kube-bridge -m comment --comment \"allow (inbound traffic to|outbound traffic from) pods\" -j ACCEPT\$\
|^filter -D FORWARD -o [^ ]+ -m comment --comment \"allow outbound node port traffic on node interface with which node ip is associated\" -j ACCEPT\$"
  o_bridge='(docker0|docker_gwbridge|br-[0-9a-f]{12})'
  ! docker_is_ours || o_all="$o_all|^filter -D FORWARD -o $o_bridge -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\$\
|^filter -D FORWARD -i $o_bridge (! )?-o $o_bridge -j (ACCEPT|DROP)\$\
|^nat -D POSTROUTING -s [^ ]* ! -o $o_bridge -j MASQUERADE\$\
|^nat -D POSTROUTING -s ([^ ]*) -d [^ ]* -p [a-z]* -m [a-z]* --dport [0-9]* -j MASQUERADE\$"
  printf '%s' "$o_all"
}

# Tables of nf_tables: kube-proxy's, the portmap and masquerade plugins', flannel's, Calico's, Docker's; the lab's.
owned_table() {
  case $1 in
  kube-proxy | cni_hostport | cni_plugins_masquerade | flannel-ipv[46] | calico | lab-network) return 0 ;;
  docker-bridges) docker_is_ours ;;
  *) return 1 ;;
  esac
}

# Sets. kube-proxy and kube-router: KUBE-*, kube-router-*; kube-router for IPv6: inet6:*; Calico: cali40*, cali60*; Weave.
owned_set() {
  case $1 in
  KUBE-* | kube-router-* | inet6:KUBE-* | inet6:kube-router-* | cali[46]0* | weave-*) return 0 ;;
  *) return 1 ;;
  esac
}

# Routing tables: kube-router's 77 to 79, Cilium's 2004 and 2005.
owned_routing_table() {
  case $1 in 77 | 78 | 79 | kube-router | 2004 | 2005) return 0 ;; *) return 1 ;; esac
}

# ours PACKAGE...: one of them was not installed before us.
ours() {
  for o_package in "$@"; do
    ! grep -qsx 'version=absent' "$P_STATE/ledger/package/$o_package/meta" || return 0
  done
  return 1
}
docker_is_ours() { ours docker.io docker-ce; }
containerd_is_ours() { ours containerd containerd.io; }

# was_there LINE: whether the baseline has it.
was_there() { grep -qsFxe "$1" "$P_STATE/ledger/baseline/system/content"; }

# reset_note TEXT: told now, and again by the last part, should the program be killed in between.
reset_note() {
  mkdir -p "$P_STATE/reset" && printf '%s\n' "$*" >>"$P_STATE/reset/notes" && note "$*"
}

# listed COMMAND...: a check: done where the command prints nothing.
listed() {
  l_left=$("$@") || return 3
  [ -n "$l_left" ] || return 0
  printf '%s\n' "$l_left" | head -n 3 >&2
  return 1
}
