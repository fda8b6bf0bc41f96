import { type Catalogue, minorOf } from '../catalogue/catalogue.ts'
import { systemOf } from '../catalogue/systems.ts'
import { UserError } from '../errors.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { HostFacts } from '../modules/module.ts'

/** Arguments of the `repository` word. */
export interface Repository {
  readonly name: string
  readonly url: string
  readonly suite?: string
  readonly components?: readonly string[]
  readonly keyUrl: string
  readonly exclude?: readonly string[]
}

/** Arguments of the `package` word. */
export interface Packages {
  readonly names: readonly string[]
  readonly hold: boolean
}

/** What the container runtime reads of one registry. */
export interface RegistryFile {
  readonly registry: string
  /** hosts.toml, see https://github.com/containerd/containerd/blob/main/docs/hosts.md. */
  readonly content: string
}

/** One repository a minor; the same for all distributions. Layout: https://pkgs.k8s.io. */
export function kubernetesRepository(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Repository {
  const minor = minorOf(inventory.kubernetes.version)
  const mirror = inventory.mirrors.packages.kubernetes
  const base =
    mirror === undefined
      ? catalogue.kubernetes.repository.replace('{minor}', minor)
      : mirror.includes('{minor}')
        ? mirror.replace('{minor}', minor)
        : `${mirror}/core:/stable:/v${minor}`
  if (facts.family === 'debian') {
    return { name: 'kubernetes', url: `${base}/deb/`, suite: '/', keyUrl: `${base}/deb/Release.key` }
  }
  return {
    name: 'kubernetes',
    url: `${base}/rpm/`,
    keyUrl: `${base}/rpm/repodata/repomd.xml.key`,
    exclude: [...catalogue.kubernetes.packages, 'cri-tools', 'kubernetes-cni'],
  }
}

/** Docker's own repository. Systems that Docker has no directory for use CentOS's, of the release that systems.yaml says. */
export function dockerRepository(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Repository {
  const base = `${inventory.mirrors.packages.docker ?? catalogue.docker.repository}/linux`
  if (facts.family === 'debian') {
    const distribution = facts.id === 'ubuntu' ? 'ubuntu' : 'debian'
    return {
      name: 'docker',
      url: `${base}/${distribution}`,
      suite: facts.codename,
      components: ['stable'],
      keyUrl: `${base}/${distribution}/gpg`,
    }
  }
  const own = facts.id === 'rhel' || facts.id === 'fedora' ? facts.id : 'centos'
  const builds = systemOf(facts, catalogue.systems)?.docker
  const distribution = builds?.directory ?? own
  const release = builds?.release ?? facts.version.split('.')[0]
  return {
    name: 'docker',
    url: `${base}/${distribution}/${release}/$basearch/stable`,
    keyUrl: `${base}/${distribution}/gpg`,
    exclude: catalogue.docker.packages,
  }
}

/** Docker and containerd, or containerd alone, from where the inventory says. Throws UserError where there is no such package. */
export function dockerPackages(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Packages {
  const { docker, containerd, runtime } = inventory
  const engine = runtime.engine === 'docker'
  if (docker.packages === 'docker') {
    const names = catalogue.docker.packages.filter((name) => engine || name === 'containerd.io')
    const version = (name: string) =>
      name === 'containerd.io'
        ? (containerd.version ?? catalogue.docker.containerd)
        : (docker.version ?? catalogue.docker.version)
    return { names: names.map((name) => pinned(name, version(name))), hold: true }
  }
  if (facts.family === 'el') {
    throw new UserError(
      `${facts.id} has no Docker among its own packages`,
      'set docker: { packages: docker }, for all hosts or beside the address of this one, to use Docker’s repository',
    )
  }
  // Debian 13 took the client out of docker.io.
  const client = facts.id === 'debian' && Number(facts.version) >= 13 ? ['docker-cli'] : []
  const names = engine ? [pinned('docker.io', docker.version), ...client] : []
  return { names: [...names, pinned('containerd', containerd.version), 'runc'], hold: true }
}

/** `29.7` is the newest of 29.7; `29.7.2` is just that. */
function pinned(name: string, version: string | undefined): string {
  if (version === undefined) return name
  return `${name}=${/^\d+(\.\d+)?$/.test(version) ? `${version}.*` : version}`
}

/** kubeadm, kubelet and kubectl at the inventory's version, and what comes with them from the same repository. */
export function kubernetesPackages(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): Packages {
  const rule = facts.family === 'debian' ? catalogue.kubernetes.debVersion : catalogue.kubernetes.rpmVersion
  const version = rule.replace('{version}', inventory.kubernetes.version)
  return {
    names: [...catalogue.kubernetes.packages.map((name) => `${name}=${version}`), 'cri-tools', 'kubernetes-cni'],
    hold: true,
  }
}

/**
 * The registry in the names of Kubernetes' images. containerd goes to mirrors by itself; Docker does so for Docker Hub
 * only, so with cri-dockerd the first mirror is named instead.
 */
export function kubernetesRegistry(inventory: Inventory, catalogue: Catalogue): { host: string; insecure: boolean } {
  const { registry } = catalogue.kubernetes
  const mirror = inventory.runtime.cri === 'cri-dockerd' ? inventory.mirrors.registries[registry]?.[0] : undefined
  if (mirror === undefined) return { host: registry, insecure: false }
  return { host: mirror.replace(/^https?:\/\//, '').replace(/\/+$/, ''), insecure: mirror.startsWith('http:') }
}

/** The images a node will run, so that they can be pulled while its packages are installed. */
export function nodeImages(inventory: Inventory, host: Host, catalogue: Catalogue): string[] {
  const registry = kubernetesRegistry(inventory, catalogue).host
  const minor = catalogue.kubernetes.minors[minorOf(inventory.kubernetes.version)]
  if (minor === undefined) return []
  const version = `v${inventory.kubernetes.version}`
  const everywhere = [`${registry}/pause:${minor.pause}`, `${registry}/kube-proxy:${version}`, catalogue.busybox.image]
  const network = inventory.network === 'kube-router' ? [catalogue['kube-router'].image] : []
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

/** A hosts.toml for every registry that has a mirror or is the site's own. */
export function registryFiles(inventory: Inventory): RegistryFile[] {
  const mirrored = Object.entries(inventory.mirrors.registries).map(([registry, mirrors]) => ({
    registry,
    content: hostsToml(`https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`, mirrors),
  }))
  const own = inventory.registries.private.map((each) => ({
    registry: each.host,
    content: hostsToml(`${each.insecure ? 'http' : 'https'}://${each.host}`, [], each.ca && authorityPath(each.host)),
  }))
  return [...mirrored, ...own]
}

/** Mirrors are asked in order, the registry itself last. The file is read at every pull; nothing is restarted for it. */
function hostsToml(server: string, mirrors: readonly string[], authority?: string): string {
  const asked = mirrors.map((mirror) => `\n[host."${mirror}"]\n  capabilities = ["pull", "resolve"]\n`)
  return `server = "${server}"\n${authority ? `ca = "${authority}"\n` : ''}${asked.join('')}`
}

/** Where a private registry's CA lies for containerd. */
function authorityPath(registry: string): string {
  return `/etc/containerd/certs.d/${registry}/ca.crt`
}

/** CAs of private registries, as files for containerd and for Docker. */
export function registryAuthorities(inventory: Inventory): { readonly path: string; readonly from: string }[] {
  return inventory.registries.private.flatMap((each) =>
    each.ca === undefined
      ? []
      : [
          { path: authorityPath(each.host), from: each.ca },
          { path: `/etc/docker/certs.d/${each.host}/ca.crt`, from: each.ca },
        ],
  )
}
