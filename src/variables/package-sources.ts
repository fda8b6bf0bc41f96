import { type Catalogue, minorOf } from '../catalogue/catalogue.ts'
import { systemOf } from '../catalogue/systems.ts'
import { entryOf } from '../entry-of.ts'
import { UserError } from '../errors.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { isKubeRouter, servesServices } from '../inventory/kubernetes/networks/network.ts'
import { isDirect } from './proxy.ts'

/** Arguments of the `repository` word. */
export interface Repository {
  readonly name: string
  readonly url: string
  readonly suite?: string
  readonly components?: readonly string[]
  readonly keyUrl: string
  readonly renewedKeyUrls?: readonly string[]
  /** Not by the proxy of dnf.conf: dnf has no list of what is reached directly. */
  readonly direct?: true
  /** Mirrors to go to where the first does not answer, in order. */
  readonly others?: readonly Place[]
  readonly exclude?: readonly string[]
  /** What is pinned must not be hidden by a module stream of the distribution, such as container-tools of release 8. */
  readonly moduleHotfixes?: true
}

interface Place {
  readonly url: string
  readonly keyUrl: string
  readonly renewedKeyUrls?: readonly string[]
  readonly direct?: true
}

/** Arguments of the `package` word. */
export interface Packages {
  readonly names: readonly string[]
  readonly hold: boolean
  /** The repository that has them all. */
  readonly from?: string
}

/**
 * One repository a minor; the same for all distributions. Layout: https://pkgs.k8s.io. All are signed by one key, whose end is
 * moved only in those that are still built (kubernetes/release #3818): so newer minors have it renewed.
 */
export function kubernetesRepository(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Repository {
  const own = minorOf(inventory.kubernetes.version)
  const newer = Object.keys(catalogue.kubernetes.minors)
    .filter((minor) => numberOf(minor) > numberOf(own))
    .sort((one, other) => numberOf(other) - numberOf(one))
  const { repository, packages } = catalogue.kubernetes
  const bases = places(inventory.mirrors.packages.kubernetes, repository)
  const [directory, key] = facts.family === 'debian' ? ['deb', 'Release.key'] : ['rpm', 'repodata/repomd.xml.key']
  const found = bases.map((base) => {
    const of = (minor: string) => `${minorAt(base, minor)}/${directory}/`
    const renewedKeyUrls = newer.map((minor) => of(minor) + key)
    return { url: of(own), keyUrl: of(own) + key, renewedKeyUrls, ...directly(base, inventory) }
  })
  if (facts.family === 'debian') return { name: 'kubernetes', suite: '/', ...firstOf(found) }
  return {
    name: 'kubernetes',
    ...firstOf(found),
    moduleHotfixes: true,
    exclude: [...packages, 'cri-tools', 'kubernetes-cni'],
  }
}

function minorAt(base: string, minor: string): string {
  return base.includes('{minor}') ? base.replace('{minor}', minor) : `${base}/core:/stable:/v${minor}`
}

/** `36` of `1.36`. */
function numberOf(minor: string): number {
  return Number(minor.split('.')[1])
}

/** Docker's own repository. Systems that Docker has no directory for use CentOS's, of the release that systems.yaml says. */
export function dockerRepository(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Repository {
  const bases = places(inventory.mirrors.packages.docker, catalogue.docker.repository).map((base) => `${base}/linux`)
  if (facts.family === 'debian') {
    const distribution = facts.id === 'ubuntu' ? 'ubuntu' : 'debian'
    return {
      name: 'docker',
      ...firstOf(bases.map((base) => ({ url: `${base}/${distribution}`, keyUrl: `${base}/${distribution}/gpg` }))),
      suite: facts.codename,
      components: ['stable'],
    }
  }
  const own = facts.id === 'rhel' || facts.id === 'fedora' ? facts.id : 'centos'
  const builds = systemOf(facts, catalogue.systems)?.docker
  const distribution = builds?.directory ?? own
  const release = builds?.release ?? facts.version.split('.')[0]
  return {
    name: 'docker',
    ...firstOf(
      bases.map((base) => ({
        url: `${base}/${distribution}/${release}/$basearch/stable`,
        keyUrl: `${base}/${distribution}/gpg`,
        ...directly(base, inventory),
      })),
    ),
    moduleHotfixes: true,
    exclude: [...catalogue.docker.packages, ...catalogue.docker.plugins, 'containerd.io'],
  }
}

function directly(base: string, inventory: Inventory): { readonly direct?: true } {
  return isDirect(base, inventory) ? { direct: true } : {}
}

/** The mirrors in their order; the publisher's own place where none is named, or where it is named as one of them. */
export function places(mirrors: readonly string[], official: string): readonly string[] {
  return mirrors.length === 0 ? [official] : mirrors.map((mirror) => (mirror === 'official' ? official : mirror))
}

function firstOf(all: readonly Place[]): Place & { readonly others?: readonly Place[] } {
  const [first, ...others] = all
  return { ...(first as Place), ...(others.length === 0 ? {} : { others }) }
}

/** What containers run in, from where the inventory says. Throws UserError where there is no such package. */
export function containerdPackages(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Packages {
  const { version } = inventory.containerd
  const names = ofDistribution(inventory, facts)
    ? [pinned('containerd', version), 'runc']
    : [pinned('containerd.io', version ?? catalogue.docker.containerd)]
  return { names, hold: true }
}

/** Docker, which runs on that containerd, with `docker compose` and buildx, from the same place. Throws UserError where there is no such package. */
export function dockerPackages(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Packages {
  const { version } = inventory.docker
  // Debian 13 took the client out of docker.io.
  const client = facts.id === 'debian' && Number(facts.version) >= 13 ? ['docker-cli'] : []
  const names = ofDistribution(inventory, facts)
    ? [pinned('docker.io', version), ...client, ...(systemOf(facts, catalogue.systems)?.plugins ?? [])]
    : [
        ...catalogue.docker.packages.map((name) => pinned(name, version ?? catalogue.docker.version)),
        ...catalogue.docker.plugins,
      ]
  return { names, hold: true }
}

/**
 * What installing these would displace, since they are made to be in each other's place
 * (https://docs.docker.com/engine/install/debian/#uninstall-old-versions), and what keeps it.
 */
export function displacedPackages(inventory: Inventory, facts: HostFacts) {
  const docker = inventory.docker.packages === 'docker'
  const debian = facts.family === 'debian'
  return {
    names: docker
      ? [
          'containerd',
          'runc',
          'podman-docker',
          'moby-engine',
          'moby-containerd',
          ...(debian ? ['docker.io'] : ['docker']),
        ]
      : ['containerd.io', 'docker-ce', 'moby-engine', 'moby-containerd'],
    by: docker ? 'docker-ce with containerd.io' : 'docker.io with containerd',
    otherwise: !docker ? 'docker: { packages: docker }' : debian ? 'docker: { packages: distribution }' : '',
  }
}

/** Whether both are the distribution's own. Throws UserError where it has none. */
function ofDistribution({ docker }: Inventory, facts: HostFacts): boolean {
  if (docker.packages === 'docker') return false
  if (facts.family !== 'el') return true
  throw new UserError(
    `${facts.id} has no Docker among its own packages`,
    'set docker: { packages: docker }, for all hosts or beside the address of this one, to use Docker’s repository',
  )
}

/** `29.7` is the newest of 29.7; `29.7.2` is just that. */
function pinned(name: string, version: string | undefined): string {
  if (version === undefined) return name
  return `${name}=${/^\d+(\.\d+)?$/.test(version) ? `${version}.*` : version}`
}

/**
 * kubeadm, kubelet and kubectl at the inventory's version, and what comes with them from the same repository. Without the revision
 * of the package: a version may be built again under another one, and the first may not be there (kubernetes/release #3623).
 */
export function kubernetesPackages(inventory: Inventory, catalogue: Catalogue): Packages {
  const { version } = inventory.kubernetes
  return {
    names: [...catalogue.kubernetes.packages.map((name) => `${name}=${version}`), 'cri-tools', 'kubernetes-cni'],
    hold: true,
    from: 'kubernetes',
  }
}

/**
 * The registry in the names of Kubernetes' images. containerd goes to mirrors by itself; Docker does so for Docker Hub
 * only, so with cri-dockerd the first mirror is named instead.
 */
export function kubernetesRegistry(inventory: Inventory, catalogue: Catalogue): { host: string; insecure: boolean } {
  const { registry } = catalogue.kubernetes
  const mirror =
    inventory.runtime.cri === 'cri-dockerd' ? entryOf(inventory.mirrors.registries, registry)?.[0] : undefined
  if (mirror === undefined) return { host: registry, insecure: false }
  return { host: mirror.replace(/^https?:\/\//, '').replace(/\/+$/, ''), insecure: mirror.startsWith('http:') }
}

/** The images a node will run, so that they can be pulled while its packages are installed. */
export function nodeImages(inventory: Inventory, host: Host, catalogue: Catalogue): string[] {
  const registry = kubernetesRegistry(inventory, catalogue).host
  const minor = catalogue.kubernetes.minors[minorOf(inventory.kubernetes.version)]
  if (minor === undefined) return []
  const version = `v${inventory.kubernetes.version}`
  const proxy = servesServices(inventory.network) ? [] : [`${registry}/kube-proxy:${version}`]
  const everywhere = [`${registry}/pause:${minor.pause}`, ...proxy, catalogue.busybox.image]
  const network = isKubeRouter(inventory.network) ? [catalogue['kube-router'].image] : []
  if (host.role === 'worker') return [...everywhere, ...network]
  const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
  return [
    ...components.map((name) => `${registry}/${name}:${version}`),
    `${registry}/etcd:${minor.etcd}`,
    `${registry}/coredns/coredns:${minor.coredns}`,
    ...everywhere,
    ...network,
  ]
}
