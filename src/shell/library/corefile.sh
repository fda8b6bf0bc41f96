# shellcheck shell=sh disable=SC2154,SC2094 # what the prelude sets; what is read in a pipeline is never written in it
# --- CoreDNS ----------------------------------------------------------------------

coredns_map() {
  kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s -n kube-system "$@"
}

# read_corefile: the cluster's Corefile, into $P_RUN/corefile; empty where the cluster has no CoreDNS of kubeadm's.
read_corefile() {
  coredns_map get configmap coredns --ignore-not-found -o 'jsonpath={.data.Corefile}' >"$P_RUN/corefile"
}

# with_stub ZONE BLOCK: a Corefile with this block for the zone and no other, or with none. Reads stdin.
with_stub() {
  W_ZONE=$1 W_BLOCK=$2 awk '
    depth == 0 && $1 == ENVIRON["W_ZONE"] ":53" { dropped = 1 }
    !dropped { print }
    { depth += gsub(/[{]/, "{") - gsub(/[}]/, "}") }
    depth == 0 { dropped = 0 }
    END { if (ENVIRON["W_BLOCK"] != "") print ENVIRON["W_BLOCK"] }'
}

# stub_is ZONE BLOCK
stub_is() {
  read_corefile || return 2
  if [ ! -s "$P_RUN/corefile" ]; then
    note "there is no ConfigMap kube-system/coredns: pods will not find names in $1"
    return 0
  fi
  with_stub "$1" "$2" <"$P_RUN/corefile" | cmp -s - "$P_RUN/corefile"
}

# set_stub ZONE BLOCK: CoreDNS notices by itself, within two minutes.
set_stub() {
  read_corefile
  [ -s "$P_RUN/corefile" ] || return 0
  s_text=$(with_stub "$1" "$2" <"$P_RUN/corefile")
  case $s_text in *'{'*'}'*) ;; *) return 1 ;; esac # never an empty one
  {
    printf 'data:\n  Corefile: |2\n'
    printf '%s\n' "$s_text" | sed 's/^/    /'
  } >"$P_RUN/corefile.patch"
  retry 3 1 coredns_map patch configmap coredns --type merge --patch-file "$P_RUN/corefile.patch"
}

# stub_diff ZONE BLOCK
stub_diff() {
  read_corefile
  with_stub "$1" "$2" <"$P_RUN/corefile" | diff -u -L Corefile -L Corefile "$P_RUN/corefile" - || :
}
