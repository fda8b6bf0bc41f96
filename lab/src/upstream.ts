import { existsSync } from 'node:fs'
import { cp, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mountLayer } from './layer.ts'
import { cacheRoot, hostDirectory, type Lab, labFiles } from './model.ts'
import { inside, insideOrFail, powerOn, prepareHost, until, waitForPort } from './power.ts'
import { $ } from './program.ts'
import { upstreamRoot } from './rootfs.ts'

/** What the upstream serves lies in the cache on this machine, and there inside the upstream host. */
export const upstreamMount = '/srv/upstream'

export function upstreamData(): string {
  return join(cacheRoot(), 'upstream')
}

/** The path of a file below the upstream's data, inside the upstream. */
export function inUpstream(path: string): string {
  return join(upstreamMount, path.slice(upstreamData().length))
}

/** Where hosts find Kubernetes' package repositories: what pkgs.k8s.io is elsewhere. */
export function packagesUrl(lab: Lab): string {
  return `http://${lab.upstream.address}/kubernetes`
}

/** Where stand-ins find Docker's RPMs: what download.docker.com is elsewhere. */
export function dockerUrl(lab: Lab): string {
  return `http://${lab.upstream.address}/docker`
}

/** Where Helm's archives are: what get.helm.sh is elsewhere. */
export function helmUrl(lab: Lab): string {
  return `http://${lab.upstream.address}/helm`
}

/** The registry that mirrors registry.k8s.io and docker.io. */
export function registryUrl(lab: Lab): string {
  return `http://${lab.upstream.address}:5000`
}

/** The apt sources of a host: this machine's own mirror, through the upstream's cache. */
export function aptSources(lab: Lab, mirror: string, suite: string): string {
  return `deb ${cachedMirror(lab.upstream.address, mirror)} ${suite} main\n`
}

/** A Debian mirror's address as apt-cacher-ng serves it. */
export function cachedMirror(address: string, mirror: string): string {
  const path = mirror.replace(/^http:\/\//, '').replace(/^https:\/\//, 'HTTPS///')
  return `http://${address}:3142/${path}`
}

/** Boots the host that serves packages and images, and waits until it does. */
export async function startUpstream(lab: Lab, mirror: string, publicKey: string): Promise<void> {
  const { upstream } = lab
  const base = await upstreamRoot(() => {})
  const sources = `deb ${mirror} trixie main\n`
  const root = await mountLayer(lab, upstream, { base, aptSources: sources, publicKey })
  await configure(root)
  const registry = join(upstreamData(), 'registry')
  await mkdir(registry, { recursive: true })
  const cache = await packageCache(lab)
  // Before it boots: a service that may not write to its directory tries a few times and gives up for good.
  await give(registry, root, 'docker-registry')
  await give(cache, root, 'apt-cacher-ng')
  const binds = [`--bind=${upstreamData()}:${upstreamMount}`, `--bind=${cache}:/var/cache/apt-cacher-ng`]
  await prepareHost(lab, upstream, binds)
  await powerOn(lab, upstream)
  await until('the upstream has booted', async () => {
    const { stdout } = await inside(upstream, 'systemctl', 'is-system-running')
    return /running|degraded/.test(stdout)
  })
  await insideOrFail(upstream, 'systemctl', 'is-active', 'nginx', 'docker-registry', 'apt-cacher-ng', 'chrony')
  // A unit can be active before it listens.
  for (const port of [80, 3142, 5000]) await waitForPort(upstream, port)
}

/** Makes a directory of this machine belong to a user of the upstream. */
async function give(directory: string, root: string, user: string): Promise<void> {
  const { stdout: owner } = await $`chroot ${root} id -u ${user}`
  const { stdout: group } = await $`chroot ${root} id -g ${user}`
  await $`chown -R ${owner.trim()}:${group.trim()} ${directory}`
}

/** Adds the packages that a lab beside the usual one has fetched to the cache that all labs begin with. */
export async function keepPackages(lab: Lab): Promise<void> {
  const own = packageDirectory(lab)
  const shared = packageDirectory({ ...lab, name: 'lab' })
  if (own === shared || !existsSync(own)) return
  const isPackage = async (path: string) => /\.deb(\.head)?$/.test(path) || (await stat(path)).isDirectory()
  await cp(own, shared, { recursive: true, force: false, preserveTimestamps: true, filter: isPackage })
}

async function configure(root: string): Promise<void> {
  const from = (name: string) => join(labFiles, 'upstream/host', name)
  await cp(from('registry.yml'), join(root, 'etc/docker/registry/config.yml'))
  await cp(from('nginx.conf'), join(root, 'etc/nginx/sites-available/default'))
  await cp(from('chrony.conf'), join(root, 'etc/chrony/chrony.conf'))
  await writeFile(join(root, 'etc/apt-cacher-ng/lab.conf'), 'PassThroughPattern: .*\n')
}

async function packageCache(lab: Lab): Promise<string> {
  const shared = packageDirectory({ ...lab, name: 'lab' })
  await mkdir(shared, { recursive: true })
  const own = packageDirectory(lab)
  if (!existsSync(own)) await cp(shared, own, { recursive: true, preserveTimestamps: true })
  return own
}

// Two caches must not write to one directory: the usual lab has the shared one, others begin with a copy.
function packageDirectory(lab: Lab): string {
  return lab.name === 'lab' ? join(cacheRoot(), 'apt') : join(hostDirectory(lab, lab.upstream), 'data', 'apt')
}
