import { addon } from './addon.ts'
import { addonProof } from './addon-proof.ts'
import { archive, proveArchive } from './archive.ts'
import { awaitValue } from './await-value.ts'
import { baseline } from './baseline.ts'
import { bootstrapToken } from './bootstrap-token.ts'
import { certificateKey } from './certificate-key.ts'
import { certificatesInUse, kubeletCertificate, kubeletServing, renewCertificates } from './certificates.ts'
import { clock } from './clock.ts'
import { cloudHosts } from './cloud-hosts.ts'
import { collect } from './collect.ts'
import { command } from './command.ts'
import { completions } from './completions.ts'
import { containerdSettings } from './containerd-settings.ts'
import { corefile } from './corefile.ts'
import { displacedPackages } from './displaced-packages.ts'
import { dockerSettings } from './docker-settings.ts'
import { download } from './download.ts'
import { drain } from './drain.ts'
import { etcdLeave } from './etcd-leave.ts'
import { etcdQuorum } from './etcd-quorum.ts'
import { etcdRestore } from './etcd-restore.ts'
import { etcdTools } from './etcd-tools.ts'
import { file } from './file.ts'
import { firewall } from './firewall.ts'
import { forgetNodes } from './forget-nodes.ts'
import { helmRelease } from './helm-release.ts'
import { hostname } from './hostname.ts'
import { image } from './image.ts'
import { kernelModule } from './kernel-module.ts'
import { kubeadmFiles } from './kubeadm-files.ts'
import { kubeadmInit } from './kubeadm-init.ts'
import { kubeadmJoin } from './kubeadm-join.ts'
import { kubeletIdentity } from './kubelet-identity.ts'
import { kubeletSettings } from './kubelet-settings.ts'
import { lines } from './lines.ts'
import { manifest } from './manifest.ts'
import type { Module } from './module.ts'
import { newCluster } from './new-cluster.ts'
import { observe } from './observe.ts'
import { osMirrors } from './os-mirrors.ts'
import { packageModule } from './package.ts'
import { reboot } from './reboot.ts'
import { refuseNodes } from './refuse-nodes.ts'
import { foreignRegistries, registryHosts } from './registry-hosts.ts'
import { registryLogins } from './registry-logins.ts'
import { removedAddons } from './removed-addons.ts'
import { removedNodes } from './removed-nodes.ts'
import { removedRegistries } from './removed-registries.ts'
import { removedReleases } from './removed-releases.ts'
import { repository } from './repository.ts'
import { require } from './require.ts'
import { reset } from './reset.ts'
import { resolver } from './resolver.ts'
import { saveCluster } from './save-cluster.ts'
import { selinux } from './selinux.ts'
import { service } from './service.ts'
import { standAside } from './stand-aside.ts'
import { standStill } from './stand-still.ts'
import { suitable } from './suitable.ts'
import { swap } from './swap.ts'
import { sysctl } from './sysctl.ts'
import { taints } from './taints.ts'
import { template } from './template.ts'
import { timeServers } from './time-servers.ts'
import { timezone } from './timezone.ts'
import { unpack } from './unpack.ts'
import { verify } from './verify.ts'
import { verifyNodes } from './verify-nodes.ts'
import { waitFor } from './wait-for.ts'
import { wholePackages } from './whole-packages.ts'

/** The vocabulary of playbooks: every word by its name. */
export const modules: Readonly<Record<string, Module>> = Object.fromEntries(
  [
    addon,
    addonProof,
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
    forgetNodes,
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
    newCluster,
    observe,
    osMirrors,
    packageModule,
    proveArchive,
    reboot,
    refuseNodes,
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
    standAside,
    standStill,
    suitable,
    swap,
    sysctl,
    taints,
    template,
    timeServers,
    timezone,
    unpack,
    verify,
    verifyNodes,
    waitFor,
    wholePackages,
  ].map((module) => [module.name, module as Module]),
)
