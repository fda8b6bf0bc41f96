/** What the lab's upstream offers: one Kubernetes release and what kubeadm of that release asks for. */
export const kubernetesVersion = '1.36.3'
export const kubernetesMinor = '1.36'
/** The version of its packages, as pkgs.k8s.io numbers them. */
export const packageVersion = `${kubernetesVersion}-1.1`

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

/**
 * Not the Helm that provision installs by default: that one is known by the hash of the official archive, which no archive
 * that the lab packs itself has.
 */
export const helmVersion = '4.3.1'
