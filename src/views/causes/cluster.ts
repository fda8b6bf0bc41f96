import type { Cause } from './cause.ts'

/** The API server, certificates and the network of pods. */
export const cluster: readonly Cause[] = [
  {
    cause: /x509: certificate has expired/,
    hint: 'a certificate has expired, or the host’s clock is ahead (`date` there): `provision certs` shows those of the cluster, `provision certs renew` makes new ones; that of another server only its owner can renew',
  },
  {
    cause: /Failed to get pod CIDR|PodCIDR not set for node|no remaining CIDRs left to allocate/i,
    hint: 'the nodes have no range of pod addresses: `kubernetes.podSubnet` may be too small for so many nodes; kube-controller-manager’s log says why it gave none',
  },
  {
    cause: /listen tcp[^\n]{0,60}:179: bind: address already in use/,
    hint: 'another program on the host speaks BGP (bird, FRR), and kube-router needs port 179: `sudo ss -ltnp sport = :179` tells which',
  },
  {
    cause:
      /cni (?:plugin not initialized|config uninitialized)|no networks found in \/etc\/cni\/net\.d|NetworkPluginNotReady/,
    hint: 'the network of pods is not there yet: look whether its pods run (`kubectl -n kube-system get pods -o wide`); their log says what they lack',
  },
  {
    cause: /failed to (?:find plugin "[\w-]{1,60}" in path|load CNI config)/,
    hint: 'a program of the pod network is missing below /opt/cni/bin: its package or its pods did not put it there; containers of another network may have left a file in /etc/cni/net.d',
  },
  {
    cause: /(?:Loop \([^)\n]{1,100}\) detected for zone|plugin\/loop)/,
    hint: 'CoreDNS asks itself: the host’s /etc/resolv.conf names 127.0.0.1; give pods servers of their own with `addons.coredns.forwarders`',
  },
  {
    cause:
      /(?:dial tcp|connect to) \S{1,300}:6443[^\n]{0,600}(?:connection refused|i\/o timeout|no route to host)|The connection to the server \S{1,300}:6443 was refused/,
    hint: 'the API server cannot be reached from there: check firewalls between the hosts for port 6443, and what `kubernetes.endpoint` points at',
  },
  {
    cause: /\bpod \d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3} does not answer/,
    hint: 'pods of other nodes do not answer. Most clouds, and OpenStack’s port security, drop packets with addresses of pods: write `network: { kubeRouter: { overlay: full } }` (Azure: with `encapsulation: fou`), or turn off the check of addresses there; firewalls between the nodes must let in what docs/guides/firewall.md lists',
  },
  {
    cause: /bind: address already in use|port is already allocated/,
    hint: 'a port is taken on the host: the log names it; `sudo ss -ltnp` there tells by what',
  },
]
