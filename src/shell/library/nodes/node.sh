# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- which node this host is ---------------------------------------------------------

# node_name: as its kubelet has it; nothing where this host is no node, or its files do not say.
node_name() {
  n_conf=/etc/kubernetes/kubelet.conf
  [ -r "$n_conf" ] || return 0
  n_name=$(sed -n '/system:node:/ { s/.*system:node:\([a-z0-9.-]*\).*/\1/p; q; }' "$n_conf")
  if [ -z "$n_name" ] && command -v openssl >/dev/null; then
    n_file=$(sed -n '/^ *client-certificate: */ { s///p; q; }' "$n_conf")
    n_name=$(openssl x509 -noout -subject -nameopt multiline -in "$n_file" 2>/dev/null | sed -n 's/.*= *system:node://p')
  fi
  printf '%s' "$n_name"
}

# may_be_called NAME: status 3, which ends the program, where this host is a node of another name.
may_be_called() {
  n_node=$(node_name)
  if [ -n "$n_node" ] && [ "$n_node" != "$1" ]; then
    say "this host is node $n_node already, and a node cannot be renamed to $1: correct the address of $1 in the inventory," \
      "or write $n_node again; provision remove and provision add give a node another name"
    return 3
  fi
}
