# shellcheck shell=sh
# --- what others configured -------------------------------------------------------

# cni_files [FILE]: names of CNI configurations, in the order in which the runtime looks: the first is used. FILE counts too.
cni_files() {
  {
    ls /etc/cni/net.d 2>/dev/null
    printf '%s\n' "$@"
  } | grep -E '[.](conf|conflist|json)$' | LC_ALL=C sort -u
}

# other_pod_network NETWORK: prints the CNI configuration that is, or would be, used in the place of the inventory's; nothing
# where there is none. What container tools bring is for them alone, and sorts behind ours. multus calls the network it finds.
other_pod_network() {
  o_ours=10-kuberouter.conflist
  if [ "$1" != kube-router ]; then
    cni_files | grep -v '^00-multus[.]' | head -n 1 | grep -Fx "$o_ours" || :
    return 0
  fi
  o_first=$(cni_files "$o_ours" | grep -v '^00-multus[.]' | head -n 1)
  if [ "$o_first" != "$o_ours" ]; then
    echo "$o_first"
  elif [ ! -e "/etc/cni/net.d/$o_ours" ] && kubelet_joined; then
    # A node's pods may be in a network that sorts behind ours.
    cni_files | grep -vE '^(00-multus[.]|[0-9]+-(podman|crio|loopback)|nerdctl-)' | head -n 1
  fi
}

# explain_pod_network NETWORK: why it is refused, and the way out.
explain_pod_network() {
  o_file=$(other_pod_network "$1")
  if kubelet_joined; then
    echo "/etc/cni/net.d/$o_file is the pod network of this node, and the inventory says $1: a pod network cannot be" \
      "replaced under running pods; write the one that is there into the inventory, or provision reset the host and let it join again"
  else
    echo "/etc/cni/net.d/$o_file would be used in the place of the inventory's pod network, $1: move it away; if a tool" \
      "still needs it, give it a name that sorts behind (mv $o_file 90-$o_file)"
  fi
}

# own_resolver FILE NAMES: prints the first name server that pods would be given and that is this host itself, or `none` where they
# would be given none, and the file; nothing where all is well. FILE: the kubelet's resolvConf of the inventory. Where it is empty,
# NAMES (hosts or dns) says by what resolv.conf is chosen: by kubeadm (systemd-resolved's own where that runs), or by our resolver.
own_resolver() {
  o_from=${1:-/etc/resolv.conf}
  o_server=none
  o_all=$(sed -n 's/^nameserver[[:blank:]]\{1,\}\([^[:blank:]]*\).*/\1/p' "$o_from" 2>/dev/null) || :
  for o_one in $o_all; do
    case $o_server$o_one in none*) o_server='' ;; esac
    case $o_server$o_one in 127.* | ::1) o_server=$o_one ;; esac
  done
  [ -n "$o_server" ] || return 0
  if [ -z "$1" ]; then
    case $o_server$2 in
    127.0.0.5[34]*) o_from='' ;;
    *hosts) ! systemctl -q is-active systemd-resolved.service || o_from='' ;;
    esac
  fi
  if [ -n "$o_from" ]; then printf '%s %s\n' "$o_server" "$o_from"; else own_resolver /run/systemd/resolve/resolv.conf "$2"; fi
}

# explain_own_resolver FILE NAMES: why it is refused, and the way out, with the servers behind it where somebody lists them.
explain_own_resolver() {
  o_found=$(own_resolver "$1" "$2")
  case $o_found in 'none '*)
    say "there is no name server in ${o_found#* }, and CoreDNS would end by \"no nameservers found\": name one where this host has its" \
      'network from (netplan, a profile of NetworkManager, /etc/network/interfaces, DHCP), or write addons: { coredns: { forwarders: [ADDRESS] } }'
    return
    ;;
  esac
  o_behind=''
  for o_list in /run/NetworkManager/no-stub-resolv.conf /run/dnsmasq/resolv.conf /run/systemd/resolve/resolv.conf; do
    [ -n "$o_behind" ] || o_behind=$(sed -n 's/^nameserver[[:blank:]]*//p' "$o_list" 2>/dev/null | grep -v '^127[.]\|^::1$' | tr '\n' ' ')
  done
  say "the name server ${o_found%% *} in ${o_found#* } is this host itself, and in a pod the pod: CoreDNS would ask itself, and end by" \
    "\"Loop ... detected\". Give it the servers behind: addons: { coredns: { forwarders: [ADDRESS] } }${o_behind:+; here they are ${o_behind% }}"
}

# registry_is_ours FILE SHA256...: a hosts.toml that is not there, that we have ever written, or that is one of these.
registry_is_ours() {
  [ -e "$1" ] && ! ever_written "$1" || return 0
  r_path=$1
  shift
  file_state "$r_path" || return 0
  case " $* " in *" ${R##* } "*) return 0 ;; esac
  say "$r_path was not written by provision, and the inventory's settings of this registry would replace it: write what it has" \
    "($(sed -n 's/^[[:space:]]*\[host\.\(.*\)\]/\1/p; s/^[[:space:]]*\(server\|ca\|client\) *= */\1 /p' "$r_path" | tr '\n' ' ')) into" \
    'mirrors: { registries: … } or registries: { private: [...] }, and move the file away'
  return 1
}

# foreign_flags FILE ARGUMENTS: prints what this environment file gives the kubelet and we would not; nothing where we wrote it.
foreign_flags() {
  [ -f "$1" ] && ! ever_written "$1" || return 0
  sed -n 's/^[[:space:]]*KUBELET_EXTRA_ARGS=//p' "$1" | tail -n 1 | tr -d "\"'" | tr -s '[:blank:]' '\n' | while IFS= read -r f_flag; do
    case " $2  " in *" $f_flag "*) ;; *) printf '%s ' "$f_flag" ;; esac
  done
}
