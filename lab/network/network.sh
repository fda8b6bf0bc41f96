#!/bin/sh
# The lab's network add-on, one a node: a bridge for the node's own pods, a route to every other node's.
# It stands in for a real CNI in the lab only: every node must be on one link, and there are no network policies.
set -eu

# name, pod subnet and address of every node, now and whenever one changes
watch_nodes() {
  kubectl get nodes --watch -o \
    jsonpath='{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}'
}

write_configuration() {
  cat >/etc/cni/net.d/.10-lab.new <<END
{
  "cniVersion": "1.0.0",
  "name": "lab",
  "plugins": [
    {
      "type": "bridge", "bridge": "cni0", "isDefaultGateway": true, "hairpinMode": true, "mtu": $mtu,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$1" }]] }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
END
  mv /etc/cni/net.d/.10-lab.new /etc/cni/net.d/10-lab.conflist
}

# Pods leave the cluster with their node's address; inside it they keep their own.
masquerade() {
  nft -f - <<END
table ip lab-network
delete table ip lab-network
table ip lab-network {
  chain postrouting {
    type nat hook postrouting priority srcnat - 5
    ip saddr $1 ip daddr != { $POD_SUBNET, 224.0.0.0/4 } oifname != "cni0" masquerade
  }
}
END
}

# Docker drops forwarded packets that nobody accepts.
accept_forwarded() {
  for direction in -s -d; do
    iptables -w -C FORWARD $direction "$POD_SUBNET" -m comment --comment lab-network -j ACCEPT 2>/dev/null ||
      iptables -w -A FORWARD $direction "$POD_SUBNET" -m comment --comment lab-network -j ACCEPT
  done
}

follow_nodes() {
  configured=
  while read -r name subnet address; do
    if [ -z "$subnet" ] || [ -z "$address" ]; then
      continue
    fi
    if [ "$name" != "$NODE_NAME" ]; then
      ip route replace "$subnet" via "$address"
    elif [ -z "$configured" ]; then
      accept_forwarded
      masquerade "$subnet"
      write_configuration "$subnet"
      configured=yes
    fi
  done
}

device=$(ip -4 route show default | sed 's/.* dev \([^ ]*\).*/\1/')
mtu=$(cat "/sys/class/net/$device/mtu")
# The API server's Service answers once kube-proxy has written its rules; until then a connection would hang.
until timeout 2 kubectl get nodes -o name >/dev/null 2>&1; do sleep 0.2; done
while :; do
  watch_nodes | follow_nodes || :
  sleep 1
done
