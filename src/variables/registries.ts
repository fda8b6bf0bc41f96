import { type Catalogue, minorOf } from '../catalogue/catalogue.ts'
import { entryOf } from '../entry-of.ts'
import type { Inventory, PrivateRegistry } from '../inventory/inventory.ts'
import type { VariableInput } from './input.ts'
import { kubernetesRegistry, nodeImages } from './package-sources.ts'

/** Passwords of private registries, by host. */
export type RegistryPasswords = Readonly<Record<string, string>>

/** Arguments of the `registryHosts` word: what containerd knows of one registry. */
export interface RegistryHosts {
  readonly registry: string
  /** The registry itself, asked last; with its CA on a second line where it has one. */
  readonly server: string
  readonly mirrors: readonly { readonly url: string; readonly settings: string }[]
  /** An image by which mirrors are judged; without one it is by whether they listen. */
  readonly probe?: string
}

/** One login as Docker and the kubelet read it from a `config.json`. */
export interface Login {
  readonly host: string
  /** base64 of `user:password`. */
  readonly auth: string
}

/** What containerd is to know of every registry that has mirrors or is the site's own. */
export function registryHosts(
  inventory: Inventory,
  passwords: RegistryPasswords,
  catalogue: Catalogue,
): readonly RegistryHosts[] {
  const { mirrors, registries } = inventory
  const probes = probeImages(inventory, catalogue)
  const mirrored = Object.entries(mirrors.registries).map(([registry, urls]): RegistryHosts => {
    const probe = probes.find((image) => image.startsWith(`${registry}/`))
    return {
      registry,
      server: serverLines(registry, registries.private),
      mirrors: urls.map((url) => ({ url, settings: mirrorSettings(url, registries.private, passwords) })),
      ...(probe === undefined ? {} : { probe }),
    }
  })
  const own = registries.private
    .filter((each) => entryOf(mirrors.registries, each.host) === undefined)
    .map((each): RegistryHosts => ({ registry: each.host, server: aloneLines(each), mirrors: [] }))
  return [...mirrored, ...own]
}

/** Small images that every node needs anyway, one of a registry. */
function probeImages(inventory: Inventory, catalogue: Catalogue): readonly string[] {
  const minor = catalogue.kubernetes.minors[minorOf(inventory.kubernetes.version)]
  return [`${catalogue.kubernetes.registry}/pause:${minor?.pause}`, catalogue.busybox.image]
}

/** Docker Hub is called otherwise than its images say. */
function serverLines(registry: string, own: readonly PrivateRegistry[]): string {
  const found = own.find((each) => each.host === registry)
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  return `server = "${found?.insecure ? 'http' : 'https'}://${host}"\n${authorityLine(found)}`
}

/** A registry without mirrors. As a host of its own, too: containerd 1.6 takes a CA from there only. */
function aloneLines(registry: PrivateRegistry): string {
  const lines = serverLines(registry.host, [registry])
  if (authorityLine(registry) === '') return lines
  const table = `[host."https://${registry.host}"]\n  capabilities = ["pull", "resolve", "push"]\n`
  return `${lines}${table}  ${authorityLine(registry)}`
}

function authorityLine(registry: PrivateRegistry | undefined): string {
  const path = registry && authorityOf(registry)
  return path === undefined ? '' : `ca = "${path}"\n`
}

/** Where the CA of a private registry lies on every node, if it has one of its own. */
export function authorityOf(registry: PrivateRegistry): string | undefined {
  if (registry.clusterAddress !== undefined) return clusterAuthority
  return registry.ca === undefined ? undefined : authorityPath(registry.host)
}

/** Where kubeadm puts it on every node. */
const clusterAuthority = '/etc/kubernetes/pki/ca.crt'

/**
 * What stands below a mirror's name. A mirror that is one of the site's own registries brings its CA and its login: the
 * kubelet sends a login to the registry in an image's name only, so that of a mirror has to be containerd's own business.
 */
function mirrorSettings(url: string, own: readonly PrivateRegistry[], passwords: RegistryPasswords): string {
  const { host, pathname } = new URL(url)
  const registry = own.find((each) => each.host === host)
  const login = registry === undefined ? undefined : loginOf(registry, passwords)
  return [
    '  capabilities = ["pull", "resolve"]\n',
    // containerd puts /v2 behind an address unless it is told that the address is the whole of it.
    /\/v2(\/|$)/.test(pathname) ? '  override_path = true\n' : '',
    authorityLine(registry) === '' ? '' : `  ${authorityLine(registry)}`,
    login === undefined ? '' : `  [host."${url}".header]\n    Authorization = ["Basic ${login.auth}"]\n`,
  ].join('')
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

/** Logins at private registries, for `config.json`. */
export function registryLogins(inventory: Inventory, passwords: RegistryPasswords): readonly Login[] {
  return inventory.registries.private.flatMap((each) => {
    const login = loginOf(each, passwords)
    if (login === undefined) return []
    // What `docker login` writes for Docker Hub, and the kubelet looks for.
    return [each.host === 'docker.io' ? { ...login, host: 'https://index.docker.io/v1/' } : login]
  })
}

/** The login at a registry, where it wants one. */
export function loginOf(registry: PrivateRegistry, passwords: RegistryPasswords): Login | undefined {
  if (registry.username === undefined) return undefined
  return { host: registry.host, auth: basicAuth(registry.username, entryOf(passwords, registry.host) ?? '') }
}

/** As HTTP's Basic scheme has it, and Docker's `auth`. */
export function basicAuth(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}

/** Mirrors of Docker Hub that Docker can be told of: without a path, and without a login, which it has no place for. */
export function dockerHubMirrors(inventory: Inventory): readonly string[] {
  const logins = new Set(inventory.registries.private.filter((each) => each.username).map((each) => each.host))
  return (inventory.mirrors.registries['docker.io'] ?? []).filter((url) => {
    const { host, pathname } = new URL(url)
    return pathname === '/' && !logins.has(host)
  })
}

/** Registries, and the images that come from them. */
export function registryVariables({ inventory, host, catalogue, secrets }: VariableInput) {
  const registry = kubernetesRegistry(inventory, catalogue)
  const minor = catalogue.kubernetes.minors[minorOf(inventory.kubernetes.version)]
  return {
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
    etcdImage: `${registry.host}/etcd:${minor?.etcd}`,
    artifacts: {
      images: {
        pause: `${registry.host}/pause:${minor?.pause}`,
        probe: catalogue.busybox.image,
        kubeRouter: catalogue['kube-router'].image,
      },
    },
  }
}
