#!/bin/sh
# Approves the certificates that kubelets ask for to show who they are (serverTLSBootstrap), after it has looked what they
# would sign: nobody else does, and a node that may choose the names in its certificate could pass for another host.
# Installed by provision on control planes, and runs for as long as they do.
#
#   serving-certificates once       approves what is waiting now; tells what it does not approve, and why
#   serving-certificates watch      the same, again and again
set -eu

root=${PROVISION_ROOT-}
# Lines "NODE ADDRESS" of the inventory.
nodes=$root/etc/kubernetes/provision-nodes

say() { printf '%s\n' "$*" >&2; }

api() { kubectl --kubeconfig "$root/etc/kubernetes/admin.conf" --request-timeout 30s "$@"; }

# waiting: of each request that nobody has decided on: its name, who asks, as member of which groups, for which usages, and
# what is to be signed.
waiting() {
  api get certificatesigningrequests -o 'go-template={{range .items}}{{if eq .spec.signerName "kubernetes.io/kubelet-serving"}}{{if not .status.conditions}}{{.metadata.name}}|{{.spec.username}}|{{range .spec.groups}}{{.}},{{end}}|{{range .spec.usages}}{{.}},{{end}}|{{.spec.request}}{{"\n"}}{{end}}{{end}}{{end}}'
}

# plain: IP addresses in one way of writing, since there are several of IPv6. Reads lines, one address each.
plain() {
  awk '
    !/:/ { print; next }
    {
      text = tolower($0)
      if (at = index(text, "::")) {
        left = split(substr(text, 1, at - 1), head, ":")
        right = split(substr(text, at + 2), tail, ":")
        for (i = 1; i <= right; i++) head[8 - right + i] = tail[i]
        for (i = left + 1; i <= 8 - right; i++) head[i] = "0"
      } else split(text, head, ":")
      out = ""
      for (i = 1; i <= 8; i++) { sub(/^0+/, "", head[i]); out = out (i > 1 ? ":" : "") (head[i] == "" ? "0" : head[i]) }
      print out
    }'
}

# addresses_of NODE: those that the inventory gives it.
addresses_of() {
  node=$1 awk '$1 == ENVIRON["node"] { print $2 }' "$nodes" | while read -r a_one; do
    case $a_one in
    *[!0-9A-Fa-f.:]*) getent ahosts "$a_one" | awk '{ print $1 }' | sort -u ;;
    *) printf '%s\n' "$a_one" ;;
    esac
  done | plain
}

# wrong USER GROUPS USAGES REQUEST: why this is not to be signed; nothing where it is.
wrong() {
  w_node=${1#system:node:}
  case ${1#system:node:} in
  "$1" | '' | *[!a-z0-9.-]*) echo "$1 is no node" && return ;;
  esac
  case ,$2 in *,system:nodes,*) ;; *) echo "$1 is not among the nodes" && return ;; esac
  if [ -z "$(addresses_of "$w_node")" ]; then
    echo "$w_node is not in the inventory" && return
  fi
  case ",$3" in *',server auth,'*) ;; *) echo 'it is not for a server' && return ;; esac
  case $(printf '%s' "$3" | tr , '\n' | grep -v -x -e 'server auth' -e 'digital signature' -e 'key encipherment' | head -n 1) in
  ?*) echo 'it is for more than a server' && return ;;
  esac
  if ! w_text=$(printf '%s' "$4" | base64 -d | openssl req -noout -verify -text -nameopt RFC2253 2>/dev/null); then
    echo 'it is no request that could be signed' && return
  fi
  w_subject=$(printf '%s\n' "$w_text" | sed -n 's/^ *Subject: *//p')
  case $w_subject in
  "CN=$1,O=system:nodes" | "O=system:nodes,CN=$1") ;;
  *) echo "it names another: $w_subject" && return ;;
  esac
  w_names=$(printf '%s\n' "$w_text" | sed -n '/Subject Alternative Name/{n;s/^ *//;s/, /\n/g;p;}')
  [ -n "$w_names" ] || { echo 'it has no names' && return; }
  w_other=$(printf '%s\n' "$w_names" | grep -v -x -F -e "DNS:$w_node" | grep -v '^IP Address:' | head -n 1)
  [ -z "$w_other" ] || { echo "it has another name: $w_other" && return; }
  w_own=$(addresses_of "$w_node")
  printf '%s\n' "$w_names" | sed -n 's/^IP Address://p' | plain | while read -r w_address; do
    printf '%s\n' "$w_own" | grep -q -F -x -e "$w_address" ||
      echo "it has another address: $w_address, where the inventory has $(printf '%s' "$w_own" | tr '\n' ' ')"
  done
}

once() {
  o_requests=$(waiting)
  printf '%s\n' "$o_requests" | while IFS='|' read -r o_name o_user o_groups o_usages o_request; do
    [ -n "$o_name" ] || continue
    o_wrong=$(wrong "$o_user" "$o_groups" "$o_usages" "$o_request")
    if [ -z "$o_wrong" ]; then
      api certificate approve "$o_name" </dev/null
    else
      say "$o_name is not approved: $o_wrong"
    fi
  done
}

case $1 in
once) once ;;
watch)
  said=''
  while :; do
    # A refusal is told once, not as long as the request is there.
    now=$(sh "$0" once 2>&1) || :
    [ -z "$now" ] || [ "$now" = "$said" ] || say "$now"
    said=$now
    sleep 10
  done
  ;;
*)
  say "there is no $1 here"
  exit 2
  ;;
esac
