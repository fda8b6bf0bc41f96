/** What the lab's upstream offers: one Kubernetes release and what kubeadm of that release asks for. */
export const kubernetesVersion = '1.36.3'
export const kubernetesMinor = '1.36'

/** Tags that `kubeadm config images list` names for that release, those of the add-ons, and the lab's own. */
export const tags = {
  etcd: '3.6.8-0',
  coredns: 'v1.14.2',
  pause: '3.10.2',
  metricsServer: 'v0.9.0',
  localPathProvisioner: 'v0.0.37',
  traefik: 'v3.7.11',
  registry: '3.1.1',
  network: '1',
  busybox: '1.37',
}

export const helmVersion = '4.3.1'
