import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mountLayer } from './layer.ts'
import { cacheRoot, hostDirectory, type Lab, labFiles } from './model.ts'
import { inside, insideOrFail, powerOn, prepareHost, until } from './power.ts'
import { upstreamRoot } from './rootfs.ts'

/** What the upstream serves lies in the cache on this machine, and there inside the upstream host. */
export const upstreamMount = '/srv/upstream'

export function upstreamData(): string {
  return join(cacheRoot(), 'upstream')
}

/** Where hosts find Kubernetes' package repositories: what pkgs.k8s.io is elsewhere. */
export function packagesUrl(lab: Lab): string {
  return `http://${lab.upstream.address}/kubernetes`
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
  const base = await upstreamRoot()
  const sources = `deb ${mirror} trixie main\n`
  const root = await mountLayer(lab, upstream, { base, aptSources: sources, publicKey })
  await configure(root)
  await mkdir(join(upstreamData(), 'registry'), { recursive: true })
  const cache = await packageCache(lab)
  const binds = [`--bind=${upstreamData()}:${upstreamMount}`, `--bind=${cache}:/var/cache/apt-cacher-ng`]
  await prepareHost(lab, upstream, binds)
  await powerOn(lab, upstream)
  await until('the upstream has booted', async () => {
    const { stdout } = await inside(upstream, 'systemctl', 'is-system-running')
    return /running|degraded/.test(stdout)
  })
  await insideOrFail(upstream, 'chown', '-R', 'docker-registry:', `${upstreamMount}/registry`)
  await insideOrFail(upstream, 'chown', '-R', 'apt-cacher-ng:', '/var/cache/apt-cacher-ng')
  await insideOrFail(upstream, 'systemctl', 'is-active', 'nginx', 'docker-registry', 'apt-cacher-ng', 'chrony')
}

async function configure(root: string): Promise<void> {
  const from = (name: string) => join(labFiles, 'upstream/host', name)
  await cp(from('registry.yml'), join(root, 'etc/docker/registry/config.yml'))
  await cp(from('nginx.conf'), join(root, 'etc/nginx/sites-available/default'))
  await cp(from('chrony.conf'), join(root, 'etc/chrony/chrony.conf'))
  await writeFile(join(root, 'etc/apt-cacher-ng/lab.conf'), 'PassThroughPattern: .*\n')
}

// Two caches must not write to one directory: the usual lab keeps the shared one filled, others start from a copy.
async function packageCache(lab: Lab): Promise<string> {
  const shared = join(cacheRoot(), 'apt')
  await mkdir(shared, { recursive: true })
  if (lab.name === 'lab') return shared
  const own = join(hostDirectory(lab, lab.upstream), 'data', 'apt')
  if (!existsSync(own)) await cp(shared, own, { recursive: true })
  return own
}
