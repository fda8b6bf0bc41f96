# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- baseline ---------------------------------------------------------------------
# What a host had before anything of ours came near it, where what comes later is not made by our own words but by
# Kubernetes, container runtimes and network add-ons: so that a reset knows theirs from what was there.

# Directories that these make things in: what was in one before stays.
kubernetes_paths='/etc/cni /etc/cni/net.d /usr/libexec/kubernetes /var/lib/kubelet /var/lib/etcd
/var/lib/cni /var/lib/dockershim /var/lib/kube-router /var/lib/calico /var/lib/cilium /var/log/pods /var/log/containers
/var/log/calico /root/.kube/cache
/run/flannel /run/calico /run/cilium /run/kubernetes'
containerd_paths='/opt/containerd /var/lib/containerd /run/containerd'
docker_paths='/var/lib/docker /var/lib/cri-dockerd /run/docker /run/docker.sock /run/docker.pid
/run/cri-dockerd.sock /run/cri-docker.sock'
package_paths='/opt/cni /opt/cni/bin'
# Everybody's: removed where they were not there and are empty, made again where a package took them with it. Most are
# volumes of the control plane and kube-proxy, made by the kubelet and the runtime where they are missing.
shared_paths='/opt/local-path-provisioner /opt /root/.kube /run/netns /usr/lib/modules /etc/ca-certificates /usr/local/share/ca-certificates
/usr/share/ca-certificates'

# Settings below /proc/sys that the kubelet, kube-proxy and Docker make by themselves, and to what; * for any value.
foreign_sysctls='vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1
kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000 net/ipv4/conf/all/route_localnet=1
net/ipv4/ip_forward=1 net/ipv6/conf/all/forwarding=1 net/ipv6/conf/default/forwarding=1
net/netfilter/nf_conntrack_max=* net/netfilter/nf_conntrack_tcp_timeout_established=86400
net/netfilter/nf_conntrack_tcp_timeout_close_wait=3600 net/netfilter/nf_conntrack_tcp_be_liberal=1'

# baseline_is_taken: the first and only look.
baseline_is_taken() { [ -d "$P_STATE/ledger/baseline/system" ]; }

# A host that is a node already shows no more what it was before: then nothing is noted but that.
take_baseline() {
  if kubelet_joined || [ -d "$P_STATE/ledger/kubernetes" ]; then
    ledger baseline system taken=late
  else
    ledger baseline system taken=before
  fi
}

# list_baseline: lines "KIND ..." of all that a reset compares with. A tool that is missing had nothing to manage.
list_baseline() {
  ip -o link | sed -E 's/^[0-9]+: ([^:@]+).*/link \1/' || return 1
  for b_family in -4 -6; do
    ip "$b_family" route show table all | sed "s/^/route $b_family /; s/ *\$//" || return 1
    ip "$b_family" rule show | sed "s/^/rule $b_family /; s/ *\$//" || return 1
  done
  for b_save in $(firewall_savers); do firewall_lines "$b_save" | sed "s|^|firewall $b_save |" || return 1; done
  command -v nft >/dev/null || echo 'nft unknown' || return 1
  ! command -v nft >/dev/null || nft list tables | sed 's/ *$//' || return 1
  ! command -v ipset >/dev/null || ipset list -n 2>/dev/null | sed 's/^/set /' || return 1
  sed 's/^\([^:]*\):.*/account user \1/' /etc/passwd || return 1
  sed 's/^\([^:]*\):.*/account group \1/' /etc/group || return 1
  for b_path in /etc/kubernetes $kubernetes_paths $containerd_paths $docker_paths $package_paths; do
    for b_each in "$b_path" "$b_path"/* "$b_path"/.[!.]*; do
      [ ! -e "$b_each" ] || stat -c 'path %a %u %g %n' "$b_each"
    done
  done | sort -u && list_shared_paths || return 1
  for b_setting in $foreign_sysctls; do
    b_value=$(cat "/proc/sys/${b_setting%%=*}" 2>/dev/null) || continue
    printf 'sysctl %s %s\n' "${b_setting%%=*}" "$b_value" || return 1
  done
}

list_shared_paths() {
  for b_path in $shared_paths; do [ ! -e "$b_path" ] || stat -c 'path %a %u %g %n' "$b_path" || return 1; done
}

# firewall_savers: the programs that print what iptables knows of, in both its kinds. The old kind is asked only where it
# holds something: asking loads its modules.
firewall_savers() {
  for f_family in ip ip6; do
    for f_save in "${f_family}tables-nft-save" "${f_family}tables-legacy-save"; do
      command -v "$f_save" >/dev/null || continue
      case $f_save in *-legacy-*) [ -n "$(cat "/proc/net/${f_family}_tables_names" 2>/dev/null)" ] || continue ;; esac
      echo "$f_save"
    done
  done
}

# firewall_lines SAVER: lines "TABLE :CHAIN POLICY" and "TABLE -A CHAIN RULE", counters left out.
firewall_lines() {
  "$1" 2>/dev/null |
    sed -n 's/ \[[0-9:]*\]$//; /^\*/{ s/^.//; h; d; }; /^[:-]/{ G; s/^\(.*\)\n\(.*\)$/\2 \1/p; }'
}
