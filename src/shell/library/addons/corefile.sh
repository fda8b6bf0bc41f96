# shellcheck shell=sh disable=SC2154,SC2094 # what the prelude sets; what is read in a pipeline is never written in it
# --- CoreDNS ----------------------------------------------------------------------
# What we have set in the Corefile stands in $P_STATE/corefile: a line a zone, and "." where forwarders are ours. FORWARDERS
# is their addresses, empty for the node's own resolvers.

# read_corefile: the cluster's Corefile, into $P_RUN/corefile; empty where the cluster has no CoreDNS of kubeadm's.
read_corefile() {
  patiently api -n kube-system get configmap coredns --ignore-not-found -o 'jsonpath={.data.Corefile}' >"$P_RUN/corefile"
}

# with_zone ZONE BLOCK: a Corefile with this block for the zone and no other, or with none. Reads stdin.
with_zone() {
  W_ZONE=$1 W_BLOCK=$2 awk '
    depth == 0 && $1 == ENVIRON["W_ZONE"] ":53" { dropped = 1 }
    !dropped { print }
    { depth += gsub(/[{]/, "{") - gsub(/[}]/, "}") }
    depth == 0 { dropped = 0 }
    END { if (ENVIRON["W_BLOCK"] != "") print ENVIRON["W_BLOCK"] }'
}

# with_forwarders FORWARDERS: a Corefile whose block for all names asks these. Reads stdin.
with_forwarders() {
  W_SERVERS=$1 awk '
    depth == 0 { main = ($1 == ".:53") }
    main && depth == 1 && $1 == "forward" && $2 == "." {
      match($0, /^[ \t]*/)
      $0 = substr($0, 1, RLENGTH) "forward . " ENVIRON["W_SERVERS"] ($NF == "{" ? " {" : "")
    }
    { print }
    { depth += gsub(/[{]/, "{") - gsub(/[}]/, "}") }'
}

# wanted_corefile FORWARDERS [ZONE BLOCK]...: the cluster's Corefile as it is to be. What was ours and is not named goes.
wanted_corefile() (
  forwarders=$1
  shift
  cp "$P_RUN/corefile" "$P_RUN/corefile.new" || exit 1
  rewrite() {
    "$@" <"$P_RUN/corefile.new" >"$P_RUN/corefile.next" && mv -f "$P_RUN/corefile.next" "$P_RUN/corefile.new" || exit 1
  }
  ours=$(cat "$P_STATE/corefile" 2>/dev/null) || :
  for zone in $ours; do
    [ "$zone" = . ] || rewrite with_zone "$zone" ''
  done
  case $nl$ours$nl in *"$nl.$nl"*) forwarders=${forwarders:-/etc/resolv.conf} ;; esac
  [ -z "$forwarders" ] || rewrite with_forwarders "$forwarders"
  while [ $# -gt 0 ]; do
    rewrite with_zone "$1" "$2"
    shift 2
  done
  cat "$P_RUN/corefile.new"
)

# corefile_is FORWARDERS [ZONE BLOCK]...
corefile_is() {
  read_corefile || return 2
  if [ ! -s "$P_RUN/corefile" ]; then
    note 'there is no ConfigMap kube-system/coredns: what pods ask for names is not set'
    return 0
  fi
  wanted_corefile "$@" | cmp -s - "$P_RUN/corefile"
}

# set_corefile FORWARDERS [ZONE BLOCK]...: CoreDNS notices by itself, within two minutes.
set_corefile() {
  read_corefile || return 1
  [ -s "$P_RUN/corefile" ] || return 0
  s_text=$(wanted_corefile "$@") || return 1
  case $s_text in *'{'*'}'*) ;; *) return 1 ;; esac # never an empty one
  {
    printf 'data:\n  Corefile: |2\n' && printf '%s\n' "$s_text" | sed 's/^/    /'
  } >"$P_RUN/corefile.patch" || return 1
  # Noted before it is there, forgotten when it has gone.
  s_ours=$(zones_of "$@")
  { cat "$P_STATE/corefile" 2>/dev/null || :; printf '%s\n' "$s_ours"; } | sed '/^$/d' | sort -u >"$P_RUN/corefile.ours" &&
    put_note "$P_STATE/corefile" <"$P_RUN/corefile.ours" &&
    retry 3 1 api -n kube-system patch configmap coredns --type merge --patch-file "$P_RUN/corefile.patch" || return 1
  if [ -n "$s_ours" ]; then
    printf '%s\n' "$s_ours" >"$P_RUN/corefile.ours" && put_note "$P_STATE/corefile" <"$P_RUN/corefile.ours"
  else
    rm -f "$P_STATE/corefile"
  fi
}

# zones_of FORWARDERS [ZONE BLOCK]...: what is ours then, as it is noted.
zones_of() {
  [ -z "$1" ] || echo .
  shift
  while [ $# -gt 0 ]; do
    printf '%s\n' "$1"
    shift 2
  done
}

# corefile_diff FORWARDERS [ZONE BLOCK]...
corefile_diff() {
  read_corefile
  wanted_corefile "$@" | diff -u -L Corefile -L Corefile "$P_RUN/corefile" - || :
}
