import { type ShellText, sh } from '../../shell/quote.ts'

/**
 * Keys of an etcd that has seen nothing but a `kubeadm init`: its API server's own, kubeadm's and what controllers make of
 * those. Extended regular expressions, after `/registry/`; `NODE` is this host's node. Whatever else there is was made by others.
 */
const made = [
  '(minions|csinodes)/NODE',
  'namespaces/(default|kube-system|kube-public|kube-node-lease)',
  'configmaps/[^/]+/kube-root-ca[.]crt',
  'configmaps/kube-system/(kubeadm-config|kubelet-config|coredns|kube-proxy|extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking)',
  'configmaps/kube-public/cluster-info',
  'secrets/kube-system/(bootstrap-token-[a-z0-9]+|kubeadm-certs)',
  '(pods|replicasets|deployments|daemonsets|controllerrevisions)/kube-system/(etcd|kube-apiserver|kube-controller-manager|kube-scheduler|coredns|kube-proxy)(-.*)?',
  '(services/specs|services/endpoints|endpointslices)/(default/kubernetes|kube-system/kube-dns)(-.*)?',
  '(serviceaccounts|roles|rolebindings|leases|events)/(default|kube-system|kube-public|kube-node-lease)/.*',
  'clusterroles(bindings)?/(system:.*|kubeadm:.*|admin|cluster-admin|edit|view)',
  'clusterrolebindings/(system:.*|kubeadm:.*|cluster-admin)',
  '(apiregistration[.]k8s[.]io/apiservices|priorityclasses|prioritylevelconfigurations|flowschemas|ranges|masterleases|peerserverleases|certificatesigningrequests|servicecidrs|ipaddresses)/.*',
]

/** Shell function `etcd_is_fresh NODE`: etcd answers on this host, and holds no node but this and no object that others made. */
export const etcdIsFresh: ShellText = sh`
  etcd_is_fresh() {
    e_pki=/etc/kubernetes/pki/etcd
    timeout 20 "$P_STATE/etcd/etcdctl" --endpoints https://127.0.0.1:2379 --cacert "$e_pki/ca.crt" \\
      --cert "$e_pki/healthcheck-client.crt" --key "$e_pki/healthcheck-client.key" --command-timeout 15s \\
      get /registry/ --prefix --keys-only >"$P_RUN/etcd-keys" || return 1
    e_made=$(printf %s ${made.map((key) => `^/registry/${key}$`).join('|')} | sed "s|NODE|$1|g")
    ! grep '^/registry/' "$P_RUN/etcd-keys" | grep -Evq -e "$e_made"
  }`
