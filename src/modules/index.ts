import { addon } from './addons/addon.ts'
import { corefile } from './addons/corefile.ts'
import { manifest } from './addons/manifest.ts'
import { removedAddons } from './addons/removed-addons.ts'
import { verify } from './addons/verify.ts'
import { verifyAddon } from './addons/verify-addon.ts'
import { awaitValue } from './checks/await-value.ts'
import { collect } from './checks/collect.ts'
import { command } from './checks/command.ts'
import { observe } from './checks/observe.ts'
import { preflight } from './checks/preflight.ts'
import { require } from './checks/require.ts'
import { value } from './checks/value.ts'
import { waitFor } from './checks/wait-for.ts'
import { containerdSettings } from './containers/containerd-settings.ts'
import { dockerSettings } from './containers/docker-settings.ts'
import { image } from './containers/image.ts'
import { foreignRegistries, registryHosts } from './containers/registry-hosts.ts'
import { registryLogins } from './containers/registry-logins.ts'
import { removedRegistries } from './containers/removed-registries.ts'
import { etcdLeave } from './etcd/etcd-leave.ts'
import { etcdQuorum } from './etcd/etcd-quorum.ts'
import { etcdRestore } from './etcd/etcd-restore.ts'
import { etcdTools } from './etcd/etcd-tools.ts'
import { download } from './files/download.ts'
import { file } from './files/file.ts'
import { lines } from './files/lines.ts'
import { template } from './files/template.ts'
import { unpack } from './files/unpack.ts'
import { completions } from './helm/completions.ts'
import { helmRelease } from './helm/helm-release.ts'
import { removedReleases } from './helm/removed-releases.ts'
import { bootstrapToken } from './kubeadm/bootstrap-token.ts'
import { certificateKey } from './kubeadm/certificate-key.ts'
import { certificatesInUse, kubeletCertificate, kubeletServing, renewCertificates } from './kubeadm/certificates.ts'
import { kubeadmFiles } from './kubeadm/kubeadm-files.ts'
import { kubeadmInit } from './kubeadm/kubeadm-init.ts'
import { kubeadmJoin } from './kubeadm/kubeadm-join.ts'
import { kubeletIdentity } from './kubeadm/kubelet-identity.ts'
import { kubeletSettings } from './kubeadm/kubelet-settings.ts'
import { refuseSecondCluster } from './kubeadm/refuse-second-cluster.ts'
import type { Module } from './module.ts'
import { firewall } from './network/firewall.ts'
import { resolver } from './network/resolver.ts'
import { deleteNodes } from './nodes/delete-nodes.ts'
import { denyNodes } from './nodes/deny-nodes.ts'
import { drain } from './nodes/drain.ts'
import { removedNodes } from './nodes/removed-nodes.ts'
import { taints } from './nodes/taints.ts'
import { verifyNodes } from './nodes/verify-nodes.ts'
import { displacedPackages } from './packages/displaced-packages.ts'
import { osMirrors } from './packages/os-mirrors.ts'
import { packageModule } from './packages/package.ts'
import { repository } from './packages/repository.ts'
import { verifyPackages } from './packages/verify-packages.ts'
import { archive, verifyArchive } from './recovery/archive.ts'
import { baseline } from './recovery/baseline.ts'
import { displaceControlPlane } from './recovery/displace-control-plane.ts'
import { reset } from './recovery/reset.ts'
import { saveCluster } from './recovery/save-cluster.ts'
import { stopControlPlane } from './recovery/stop-control-plane.ts'
import { reboot } from './services/reboot.ts'
import { service } from './services/service.ts'
import { clock } from './system/clock.ts'
import { cloudHosts } from './system/cloud-hosts.ts'
import { hostname } from './system/hostname.ts'
import { kernelModule } from './system/kernel-module.ts'
import { selinux } from './system/selinux.ts'
import { swap } from './system/swap.ts'
import { sysctl } from './system/sysctl.ts'
import { timeServers } from './system/time-servers.ts'
import { timezone } from './system/timezone.ts'

/** The vocabulary of playbooks: every word by its name. */
export const modules: Readonly<Record<string, Module>> = Object.fromEntries(
  [
    addon,
    verifyAddon,
    archive,
    awaitValue,
    baseline,
    bootstrapToken,
    certificateKey,
    certificatesInUse,
    clock,
    cloudHosts,
    collect,
    command,
    completions,
    containerdSettings,
    corefile,
    displacedPackages,
    dockerSettings,
    download,
    drain,
    etcdLeave,
    etcdQuorum,
    etcdRestore,
    etcdTools,
    file,
    firewall,
    foreignRegistries,
    deleteNodes,
    helmRelease,
    hostname,
    image,
    kernelModule,
    kubeadmFiles,
    kubeadmInit,
    kubeadmJoin,
    kubeletCertificate,
    kubeletIdentity,
    kubeletSettings,
    kubeletServing,
    lines,
    manifest,
    refuseSecondCluster,
    observe,
    osMirrors,
    packageModule,
    verifyArchive,
    reboot,
    denyNodes,
    registryHosts,
    registryLogins,
    removedAddons,
    removedNodes,
    removedRegistries,
    removedReleases,
    renewCertificates,
    repository,
    require,
    reset,
    resolver,
    saveCluster,
    selinux,
    service,
    displaceControlPlane,
    stopControlPlane,
    preflight,
    swap,
    sysctl,
    taints,
    template,
    timeServers,
    timezone,
    unpack,
    value,
    verify,
    verifyNodes,
    waitFor,
    verifyPackages,
  ].map((module) => [module.name, module as Module]),
)
