import { type Catalogue, minorOf } from '../catalogue/catalogue.ts'
import type { HostFacts } from '../host-facts.ts'
import { canonical, familyOf, isIP } from '../inventory/addresses.ts'
import { forHost } from '../inventory/hosts/runtime.ts'
import type { Host, Inventory, Taint } from '../inventory/inventory.ts'
import { apiEndpoint, endpointHost, endpointPort } from '../inventory/kubernetes/networks/endpoint.ts'
import { isKubeRouter, servesServices } from '../inventory/kubernetes/networks/network.ts'
import { addonsOf } from './addons.ts'
import { firewallOf } from './firewall.ts'
import { helmProgram } from './helm.ts'
import { releasesOf } from './helm-releases.ts'
import { htpasswd } from './htpasswd.ts'
import { machineSizeOf } from './machine-size.ts'
import { corefileOf, nameServerPackages, namesOf, namesOfNode } from './names.ts'
import { osArchivesOf } from './os-repositories.ts'
import {
  containerdPackages,
  displacedPackages,
  dockerPackages,
  dockerRepository,
  kubernetesPackages,
  kubernetesRegistry,
  kubernetesRepository,
  nodeImages,
} from './package-sources.ts'
import { podLinks } from './pod-links.ts'
import { proxyFiles } from './proxy.ts'
import { dockerHubMirrors, registryAuthorities, registryHosts, registryLogins } from './registries.ts'
import { noSecrets, type SettingsSecrets } from './settings-secrets.ts'
import { hostSystem } from './system.ts'

/** The directory in which kubeadm and the kubelet look for the runtime. */
const sockets = {
  containerd: 'unix:///run/containerd/containerd.sock',
  'cri-dockerd': 'unix:///run/cri-dockerd.sock',
} as const

/** All names that playbooks (`${…}`, `when`) and templates can use, for one host. Pure. */
export function scopeOf(
  inventory: Inventory,
  host: Host,
  facts: HostFacts,
  catalogue: Catalogue,
  secrets: SettingsSecrets = noSecrets,
): Record<string, unknown> {
  const { kubernetes } = inventory
  const controlPlanes = inventory.hosts.filter((each) => each.role === 'control-plane')
  const endpoint = apiEndpoint(inventory)
  const apiHost = endpointHost(endpoint)
  // Names of nodes are written to every host, later than it is looked for.
  const endpointNode = inventory.hosts.find(
    (each) => namesOfNode(inventory, each).includes(apiHost) && isIP(each.address),
  )
  const own = forHost(inventory, host)
  const containerd = containerdPackages(own, facts, catalogue)
  const debian = facts.family === 'debian'
  const registry = kubernetesRegistry(inventory, catalogue)
  const pause = `${registry.host}/pause:${catalogue.kubernetes.minors[minorOf(kubernetes.version)]?.pause}`
  const corefile = corefileOf(inventory, host)
  const system = hostSystem(inventory, facts, catalogue)
  const repositories = {
    docker: dockerRepository(inventory, facts, catalogue),
    kubernetes: kubernetesRepository(inventory, facts, catalogue),
  }
  const osArchives = osArchivesOf(inventory, facts)
  const helm = helmProgram(inventory, facts, catalogue)
  const fetched = [
    ...Object.values(repositories).flatMap((each) => [each.url, ...(each.others ?? []).map((other) => other.url)]),
    ...osArchives.flatMap((each) => each.mirrors),
    ...helm.from,
  ]
  // Of a name the kubelet and kubeadm choose: see docs/decisions/031-hosts-by-name.md.
  const nodeAddress = isIP(host.address) ? canonical(host.address) : ''
  return {
    cluster: inventory,
    host,
    hosts: inventory.hosts,
    facts,
    isIP,
    names: namesOf(inventory, host),
    podLinks,
    nameServerPackages: nameServerPackages(inventory, host, facts),
    corefile,
    forwardersGiven: corefile.forwarders.length > 0,
    podResolvers: String(kubernetes.kubelet.resolvConf ?? ''),
    timeZoneGiven: inventory.time.zone !== undefined,

    paths: {
      chronyConfig: debian ? '/etc/chrony/chrony.conf' : '/etc/chrony.conf',
      kubeletDefaults: debian ? '/etc/default/kubelet' : '/etc/sysconfig/kubelet',
    },
    units: { chrony: debian ? 'chrony.service' : 'chronyd.service' },
    system,
    machineSize: machineSizeOf(inventory, host),
    nodeAddress,
    // Neither is left to the host's name of the moment, nor to its default route.
    nodeArguments: ` --hostname-override=${host.name}${nodeAddress === '' ? '' : ` --node-ip=${nodeAddress}`}`,
    hasNodeAddress: nodeAddress !== '',
    nodeFamily: familyOf(kubernetes.podSubnet) === 'IPv6' ? 6 : 4,
    firewall: firewallOf(inventory, host, catalogue),
    packages: {
      base: system.packagesOf([
        ...nameServerPackages(inventory, host, facts),
        // In the same transaction where it needs no repository of its own: images can be pulled sooner.
        ...(own.docker.packages === 'docker' ? [] : containerd.names),
        ...(debian
          ? [
              'chrony',
              'ca-certificates',
              'iptables',
              'conntrack',
              'ethtool',
              'socat',
              'ipset',
              'nftables',
              'kmod',
              'util-linux',
              // Without it containers run unconfined; Docker only recommends it, and minimal systems have none.
              'apparmor',
            ]
          : [
              'chrony',
              'ca-certificates',
              'iptables-nft',
              'conntrack-tools',
              'ethtool',
              'socat',
              'ipset',
              'nftables',
              'kmod',
              'util-linux',
              // Minimal systems have neither; certificates are made with the one, archives unpacked with the other.
              'openssl',
              'tar',
            ]),
      ]),
      containerd,
      docker: dockerPackages(own, facts, catalogue),
      kubernetes: kubernetesPackages(inventory, catalogue),
    },
    dockerChosen: Object.keys(inventory.docker.daemon),
    displaced: displacedPackages(own, facts),
    dockerRepositoryNeeded: own.docker.packages === 'docker',
    proxied: inventory.proxy !== undefined,
    proxy: proxyFiles(inventory, secrets.proxy, fetched),
    osMirrorsAsked: Object.keys(inventory.mirrors.packages.os).length > 0,
    osArchives,
    repositories,
    registries: {
      hosts: registryHosts(inventory, secrets.registries, catalogue),
      authorities: registryAuthorities(inventory),
      ofCluster: inventory.registries.private.filter((each) => each.clusterAddress !== undefined),
      named: [...Object.keys(inventory.mirrors.registries), ...inventory.registries.private.map((each) => each.host)],
      logins: registryLogins(inventory, secrets.registries),
      dockerMirrors: dockerHubMirrors(inventory),
      insecure: [...inventory.registries.private, registry].filter((each) => each.insecure).map((each) => each.host),
      kubernetes: registry.host,
      isMirror: registry.host !== catalogue.kubernetes.registry,
    },
    imageStore: inventory.runtime.cri === 'cri-dockerd' ? 'docker' : 'containerd',
    images: nodeImages(inventory, host, catalogue),
    imagesNamedIn: 'manifest' in inventory.network ? [inventory.network.manifest] : [],
    etcdImage: `${registry.host}/etcd:${catalogue.kubernetes.minors[minorOf(kubernetes.version)]?.etcd}`,
    artifacts: {
      images: { pause, probe: catalogue.busybox.image, kubeRouter: catalogue['kube-router'].image },
    },
    criDockerd: {
      version: catalogue['cri-dockerd'].version,
      url: catalogue['cri-dockerd'].url
        .replaceAll('{version}', catalogue['cri-dockerd'].version)
        .replaceAll('{arch}', facts.arch),
    },

    componentArguments: {
      apiServer: kubernetes.apiServer?.extraArgs ?? {},
      controllerManager: kubernetes.controllerManager?.extraArgs ?? {},
      scheduler: kubernetes.scheduler?.extraArgs ?? {},
    },
    criSocket: sockets[inventory.runtime.cri],
    endpoint,
    endpointHost: apiHost,
    endpointIsElsewhere: endpointNode === undefined,
    endpointAddress: endpointNode?.address ?? apiHost,
    endpointPort: endpointPort(endpoint),
    certificateSANs: [
      ...new Set([
        ...kubernetes.certificateSANs,
        apiHost,
        ...controlPlanes.flatMap((each) => [each.name, each.address]),
        'localhost',
        '127.0.0.1',
      ]),
    ],
    addons: addonsOf(inventory, catalogue, secrets),
    servingCertificates: inventory.addons.some((each) => each.name === 'metrics-server'),
    htpasswd,
    addonNames: inventory.addons.map((each) => each.name),
    helm: { wanted: inventory.helm !== undefined, program: helm },
    releases: releasesOf(inventory, secrets),
    releaseNames: inventory.helm?.releases.map((each) => `${each.namespace}/${each.name}`) ?? [],
    completedPrograms: inventory.completion ? ['kubectl', 'kubeadm', 'crictl', 'helm', 'docker'] : [],
    backupScheduled: inventory.backup.schedule !== undefined,
    backupRecipients: inventory.backup.recipients.map((one) => `${one}\n`).join(''),
    ignorePreflightErrors: kubernetes.ignorePreflightErrors.join(','),
    network: isKubeRouter(inventory.network) ? 'kube-router' : 'another manifest',
    networkManifest:
      'manifest' in inventory.network
        ? { from: inventory.network.manifest }
        : { template: 'networks/kube-router/manifest.yaml.ejs' },
    serviceProxy: servesServices(inventory.network) ? 'kube-router' : 'kube-proxy',
    networkIdentity: JSON.stringify([inventory.network, kubernetes.podSubnet, kubernetes.serviceSubnet]),
    hostNames: inventory.hosts.map((each) => each.name),
    severalControlPlanes: controlPlanes.length > 1,
    otherControlPlanes: controlPlanes
      .filter((each) => each.state === 'up' && each.name !== host.name)
      .map((each) => each.name),
    downNames: inventory.hosts.filter((each) => each.state === 'down').map((each) => each.name),
    nodeNames: inventory.hosts.filter((each) => each.state === 'up').map((each) => each.name),
    // As with labels: a node that is off is left as it is.
    taints: scopeTaints(inventory.hosts.filter((each) => each.state === 'up')),
  }
}

/** The taints of nodes as the word `taints` takes them. */
export function scopeTaints(hosts: readonly Host[]): { readonly name: string; readonly taints: readonly string[] }[] {
  return hosts.map((each) => ({ name: each.name, taints: each.taints.map(taintText) }))
}

function taintText(taint: Taint): string {
  return `${taint.key}=${taint.value ?? ''}:${taint.effect}`
}
