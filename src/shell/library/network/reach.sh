# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- what this host reaches, and which networks it has -----------------------------

# is_address HOST: an IP address, not a name.
is_address() {
  case $1 in
  *:*) ;;
  *[!0-9.]*) return 1 ;;
  esac
}

# named_here NAME FAMILY: addresses of this host that the name has, of family 4 or 6. Nothing where it has none of them: addresses may
# be translated on the way, and a host's own name is often 127.0.1.1 in its /etc/hosts.
named_here() {
  n_own=$(ip "-$2" -o address show scope global | sed 's/.* inet6* \([^ /]*\).*/\1/')
  [ -z "$n_own" ] || timeout 20 getent ahosts "$1" | sed 's/ .*//' | sort -u | grep -Fx "$n_own"
}

# chosen_here NODE ROLE FAMILY: addresses that the kubelet takes where it is given none (that of the node's name, else that of the
# default route), and on a control plane kubeadm (that of the default route). Sources: k8s.io/kubernetes,
# pkg/kubelet/nodestatus/setters.go, cmd/kubeadm/app/util/config/common.go.
chosen_here() {
  c_named=$(named_here "$1" "$3" | head -n 1) || :
  [ -z "$c_named" ] || echo "$c_named"
  [ -z "$c_named" ] || [ "$2" = control-plane ] || return 0
  case $3 in 6) c_far=2001:db8::1 ;; *) c_far=192.0.2.1 ;; esac
  c_default=$(ip "-$3" -o route get "$c_far" 2>/dev/null | sed -n 's/.* src \([^ ]*\).*/\1/p')
  echo "${c_default:-none, without a default route}"
}

# name_is_chosen NAME NODE ROLE FAMILY: whether what is chosen here is what the name of the inventory has.
name_is_chosen() {
  if kubelet_joined || ! command -v ip >/dev/null; then return 0; fi
  s_named=$(named_here "$1" "$4") || :
  [ -n "$s_named" ] || return 0
  ! chosen_here "$2" "$3" "$4" | grep -qvFx "$s_named"
}

# explain_choice NAME NODE ROLE FAMILY: what is wrong where name_is_chosen fails, and what to do.
explain_choice() {
  s_named=$(named_here "$1" "$4" | head -n 1)
  s_chosen=$(chosen_here "$2" "$3" "$4" | grep -vFx "$s_named" | head -n 1)
  echo "$1 is $s_named on this host, and the kubelet and kubeadm would take $s_chosen: write node: { address: $s_named } beside address: $1"
}

# endpoint_found HOST: a name that resolves, or an address that some route leads to. Nothing is sent to it.
endpoint_found() {
  if ! is_address "$1"; then
    timeout 20 getent ahosts "$1" >/dev/null
  elif command -v ip >/dev/null; then
    ip route get "$1" >/dev/null 2>&1
  fi
}

# endpoint_trouble HOST: what is wrong where endpoint_found fails, and what to do.
endpoint_trouble() {
  if is_address "$1"; then
    echo "no route of this host leads to $1, by which nodes reach the API: add a route, or write an address that all hosts reach as kubernetes.endpoint"
    return
  fi
  e_servers=$(sed -n 's/^nameserver[[:space:]]*//p' /etc/resolv.conf 2>/dev/null | tr '\n' ' ') || :
  echo "this host does not find $1, by which nodes reach the API (name servers: ${e_servers:-none }): add the name to their DNS, or write an IP address, as kubernetes.endpoint or as the address of a single control plane"
}

# endpoint_answers ADDRESS PORT: where a control plane holds the cluster, whether a connection to it is made. Tried for a while,
# since an API server may be about to start; nothing is sent.
endpoint_answers() {
  [ -n "${P_CLUSTER_HELD:-}" ] || return 0
  e_end=$(($(since_boot) + ${P_ENDPOINT_SECONDS:-20}))
  until port_open "$1" "$2" 2>/dev/null; do
    [ "$(since_boot)" -lt "$e_end" ] || return 1
    sleep 2
  done
}

# endpoint_silence ENDPOINT ADDRESS PORT: what is wrong where endpoint_answers fails, and what to do.
endpoint_silence() {
  if e_why=$(port_open "$2" "$3" 2>&1); then e_why='it has answered just now: run again'; fi
  e_why=$(printf '%s\n' "$e_why" | sed -n 's/.*: //; $p')
  echo "this host does not reach $1, by which nodes reach the API (${e_why:-nothing came within 5 s}), and a control plane holds the" \
    'cluster: look at what is at that address (load balancer, virtual address, API server), and at firewalls between'
}

# route_within SUBNET: prints a network of this host that shares addresses with the subnet; nothing where none does. A wider route
# through a gateway may hold the subnet, as those of pods are more precise than it is. One of just the subnet that is no network of a
# link was added for it: hosts without a default route reach Services by such a one.
route_within() {
  case $1 in *:*) r_family=-6 ;; *) r_family=-4 ;; esac
  {
    ip "$r_family" route show table main root "$1"
    ip "$r_family" route show table main match "$1" | grep -v ' via '
  } 2>/dev/null |
    sed "\|^$1 |{/proto kernel/!d;}" |
    grep -v -E '^(default|unreachable|blackhole) |^(default|::/0)$|proto (17|kube-router)( |$)|dev (kube-bridge|cni0|kube-ipvs0|tunl0|tun-[^ ]*|flannel[^ ]*|cali[^ ]*|vxlan[.]calico|cilium_[^ ]*)( |$)' |
    head -n 1
}

# networks_are_free SUBNET...: no network of this host is one of these. A node has routes of its pods, and is not asked.
networks_are_free() {
  ! kubelet_joined || return 0
  for n_subnet; do
    n_route=$(route_within "$n_subnet") || :
    [ -z "$n_route" ] || return 1
  done
}

# networks_trouble PODS SERVICES: which network of this host is in the way, and what to do.
networks_trouble() {
  n_route=$(route_within "$1") || :
  if [ -n "$n_route" ]; then
    echo "this host has the network $n_route, which shares addresses with kubernetes.podSubnet $1: choose another podSubnet"
    return
  fi
  n_route=$(route_within "$2") || :
  echo "this host has the network $n_route, which shares addresses with kubernetes.serviceSubnet $2: choose another serviceSubnet"
}
