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
    hint: 'the host has files of another cluster below /etc/kubernetes ({what}): `sudo grep server: /etc/kubernetes/kubelet.conf` shows whose; take it out of that cluster with what put it in, then run again',
  },
  {
    cause: /\[ERROR Port-(?<port>\d+)\]/,
    hint: 'port {port} is taken on the host: `sudo ss -ltnp sport = :{port}` tells by what; another Kubernetes (k3s, microk8s) must be removed first',
  },
  {
    cause: /\[ERROR DirAvailable--var-lib-etcd\]/,
    hint: 'something lies in /var/lib/etcd: `sudo ls -A /var/lib/etcd`; a lost+found alone comes of a disk mounted there: mount it at another place and let /var/lib/etcd be a directory on it; a `member` is the data of a cluster',
  },
  {
    cause: /\[ERROR FileContent--proc-sys-net-(?<what>[\w-]{1,60})\]/,
    hint: 'a kernel setting is not as it was set ({what}): something on the host sets it back; `grep -r` for it below /etc/sysctl.d and /etc/sysctl.conf',
  },
  {
    cause:
      /\[ERROR KubeletVersion\]|only supports (?:deploying|upgrading)[^\n]{0,200} version|this version of kubeadm only supports/,
    hint: 'kubeadm, kubelet and the cluster are of versions that do not go together: see which are installed (`kubeadm version`, `kubelet --version`), and `kubernetes.version`',
  },
  {
    cause:
      /podSubnet: Invalid value|serviceSubnet: Invalid value|subnet is too (?:small|large)|pod subnet size is smaller|mask size of cluster CIDR/,
    hint: 'kubeadm does not take the subnet: correct `kubernetes.podSubnet` or `kubernetes.serviceSubnet`; the log says what is wrong with it',
  },
  {
    cause: /strict decoding error|unknown field "[^"\n]{1,100}"|error converting YAML to JSON/,
    hint: 'a field of the configuration is unknown to this version: the log names it; correct it under `kubernetes.kubelet`, `kubernetes.kubeProxy` or the component’s `extraArgs`',
  },
  {
    cause: /a Node with name "(?<name>[\w.-]{1,253})" and status "Ready" already exists/,
    hint: 'another host is the node {name} of this cluster: give this one another name in the inventory, or take the old node out with `provision remove {name}`',
  },
  {
    cause:
      /(?:token id|bootstrap token)[^\n]{0,600}(?:invalid|not found|expired)|could not find a JWS signature|no JWS signed token|invalid bearer token|JWS token[^\n]{0,100}(?:invalid|not found)/i,
    hint: 'the join token ran out while the host was waiting: run again, a new one is made',
  },
  {
    cause:
      /Secret "kubeadm-certs" was not found|error decoding (?:secret data|certificate)[^\n]{0,100}with (?:the )?provided key|error downloading the secret/,
    hint: 'the certificates for further control planes are no longer there, which last two hours: run again, they are given anew',
  },
  {
    cause: /cluster CA found in cluster-info[^\n]{0,600}(?:invalid|none of the public keys)/,
    hint: 'the host reached another cluster than this one: check `kubernetes.endpoint` and the control plane’s address',
  },
  {
    cause:
      /unable to select an IP from default routes|unable to fetch [^\n]{0,30}default (?:route|gateway)|no default routes found|could not find the (?:IP|default)[^\n]{0,60}route/i,
    hint: 'the host has no default route, and so no address of its own: give it one, or `node: { address: … }` in the inventory',
  },
  {
    cause: /\[ERROR SystemVerification\]/,
    hint: 'the kernel lacks what Kubernetes needs: the log says what; boot another kernel, or add SystemVerification to `kubernetes.ignorePreflightErrors` if you know better',
  },
  {
    cause: /\[ERROR (?<name>(?!ImagePull\b)[\w-]+)\]/,
    hint: 'kubeadm’s preflight check {name} failed; mend the host, or add {name} to `kubernetes.ignorePreflightErrors` if you know better',
  },
]
