import type { Cause } from './cause.ts'

/** kubeadm's preflight, init and join. */
export const kubeadm: readonly Cause[] = [
  {
    cause: /\[ERROR NumCPU\]/,
    hint: 'a control plane needs 2 CPUs; to try it regardless add NumCPU to `kubernetes.ignorePreflightErrors`',
  },
  {
    cause: /\[ERROR Mem\]/,
    hint: 'a control plane needs 1700 MB of memory; to try it regardless add Mem to `kubernetes.ignorePreflightErrors`',
  },
  {
    cause: /\[ERROR (?:FileAvailable|DirAvailable)--etc-kubernetes-(?<what>[\w.-]+)\]/,
    hint: 'the host has files of another cluster below /etc/kubernetes ({what}): `sudo grep server: /etc/kubernetes/kubelet.conf` shows which; remove the host from that cluster with the tool that added it, then run again',
  },
  {
    cause: /\[ERROR Port-(?<port>\d+)\]/,
    hint: 'port {port} on the host is in use: find the program with `sudo ss -ltnp sport = :{port}`; remove another Kubernetes (k3s, microk8s) first',
  },
  {
    cause: /\[ERROR DirAvailable--var-lib-etcd\]/,
    hint: '/var/lib/etcd is not empty: `sudo ls -A /var/lib/etcd`; if it has only lost+found, mount its disk elsewhere and make /var/lib/etcd a directory on it; `member` is the data of a cluster',
  },
  {
    cause: /\[ERROR FileContent--proc-sys-net-(?<what>[\w-]{1,60})\]/,
    hint: 'a kernel setting was reverted ({what}): find the cause on the host with `grep -r` below /etc/sysctl.d and in /etc/sysctl.conf',
  },
  {
    cause:
      /\[ERROR KubeletVersion\]|only supports (?:deploying|upgrading)[^\n]{0,200} version|this version of kubeadm only supports/,
    hint: 'the versions of kubeadm, kubelet and the cluster are incompatible: compare `kubeadm version` and `kubelet --version` with `kubernetes.version`',
  },
  {
    cause:
      /podSubnet: Invalid value|serviceSubnet: Invalid value|subnet is too (?:small|large)|pod subnet size is smaller|mask size of cluster CIDR/,
    hint: 'kubeadm rejects the subnet: correct `kubernetes.podSubnet` or `kubernetes.serviceSubnet`; the log gives the reason',
  },
  {
    cause: /strict decoding error|unknown field "[^"\n]{1,100}"|error converting YAML to JSON/,
    hint: 'this version does not know a field of the configuration: the log names it; correct it under `kubernetes.kubelet`, `kubernetes.kubeProxy` or the component’s `extraArgs`',
  },
  {
    cause: /a Node with name "(?<name>[\w.-]{1,253})" and status "Ready" already exists/,
    hint: 'another host is already node {name} of this cluster: give this host another name in the inventory, or run `provision remove {name}`',
  },
  {
    cause:
      /(?:token id|bootstrap token)[^\n]{0,600}(?:invalid|not found|expired)|could not find a JWS signature|no JWS signed token|invalid bearer token|JWS token[^\n]{0,100}(?:invalid|not found)/i,
    hint: 'the join token expired while the host waited: run again to create a new one',
  },
  {
    cause:
      /Secret "kubeadm-certs" was not found|error decoding (?:secret data|certificate)[^\n]{0,100}with (?:the )?provided key|error downloading the secret/,
    hint: 'the certificates for joining control planes have expired (lifetime 2 h): run again to upload new ones',
  },
  {
    cause: /cluster CA found in cluster-info[^\n]{0,600}(?:invalid|none of the public keys)/,
    hint: 'the host reached another cluster: check `kubernetes.endpoint` and the control plane’s address',
  },
  {
    cause:
      /unable to select an IP from default routes|unable to fetch [^\n]{0,30}default (?:route|gateway)|no default routes found|could not find the (?:IP|default)[^\n]{0,60}route/i,
    hint: 'the host has no default route, so kubeadm finds no address: add a route, or set `node: { address: … }` in the inventory',
  },
  {
    cause: /\[ERROR SystemVerification\]/,
    hint: 'the kernel lacks features that Kubernetes requires: the log names them; boot another kernel, or skip the check with SystemVerification in `kubernetes.ignorePreflightErrors`',
  },
  {
    cause: /\[ERROR (?<name>(?!ImagePull\b)[\w-]+)\]/,
    hint: 'kubeadm’s preflight check {name} failed: repair the host, or skip the check with {name} in `kubernetes.ignorePreflightErrors`',
  },
]
