import type { Cause } from './cause.ts'

/** The API server, certificates and the network of pods. */
export const cluster: readonly Cause[] = [
  {
    cause: /x509: certificate has expired/,
    hint: 'a certificate has expired, or the host’s clock is ahead (`date` there): `provision certs` shows the cluster’s certificates, `provision certs renew` renews them; the certificate of another server must be renewed by its owner',
  },
  {
    cause: /Failed to get pod CIDR|PodCIDR not set for node|no remaining CIDRs left to allocate/i,
    hint: 'the nodes have no range of pod addresses: `kubernetes.podSubnet` may be too small for this number of nodes; see the log of kube-controller-manager',
  },
  {
    cause: /listen tcp[^\n]{0,60}:179: bind: address already in use/,
    hint: 'another program on the host speaks BGP (bird, FRR), and kube-router needs port 179: find it with `sudo ss -ltnp sport = :179`',
  },
  {
    cause:
      /cni (?:plugin not initialized|config uninitialized)|no networks found in \/etc\/cni\/net\.d|NetworkPluginNotReady/,
    hint: 'the pod network is not ready: check that its pods run (`kubectl -n kube-system get pods -o wide`), then read their logs',
  },
  {
    cause: /failed to (?:find plugin "[\w-]{1,60}" in path|load CNI config)/,
    hint: 'a program of the pod network is missing below /opt/cni/bin: its package or its pods did not install it; another network may have left a file in /etc/cni/net.d',
  },
  {
    cause: /(?:Loop \([^)\n]{1,100}\) detected for zone|plugin\/loop)/,
    hint: 'CoreDNS forwards queries to itself: the host’s /etc/resolv.conf names 127.0.0.1; set other name servers for pods with `addons.coredns.forwarders`',
  },
  {
    cause:
      /(?:dial tcp|connect to) \S{1,300}:6443[^\n]{0,600}(?:connection refused|i\/o timeout|no route to host)|The connection to the server \S{1,300}:6443 was refused/,
    hint: 'the API server is unreachable from this host: check firewalls between the hosts for port 6443, and the target of `kubernetes.endpoint`',
  },
  {
    cause: /\bpod \d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3} does not answer/,
    hint: 'pods on other nodes do not answer. Most clouds, and OpenStack’s port security, drop packets with pod addresses: set `network: { kubeRouter: { overlay: full } }` (Azure: with `encapsulation: fou`), or disable the source address check there; open the ports of docs/guides/firewall.md between the nodes',
  },
  {
    cause: /bind: address already in use|port is already allocated/,
    hint: 'a port on the host is in use: the log names it; find the program with `sudo ss -ltnp` there',
  },
]
