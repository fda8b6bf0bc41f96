import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { labDown } from '../../lab/src/down.ts'
import { fillDownloads } from '../../lab/src/downloads.ts'
import { programsOf } from '../../lab/src/go.ts'
import { addonImages, kubernetesImages } from '../../lab/src/image-list.ts'
import { fillImages } from '../../lab/src/images.ts'
import { kubernetesPrograms, provideKubernetesPrograms } from '../../lab/src/kubernetes-programs.ts'
import { debianMirror } from '../../lab/src/mirror.ts'
import { cacheRoot, type Lab } from '../../lab/src/model.ts'
import { insideOrFail, until } from '../../lab/src/power.ts'
import type { Progress } from '../../lab/src/program.ts'
import { packageVersion } from '../../lab/src/release.ts'
import { type Source, Sources } from '../../lab/src/sources.ts'
import { labUp } from '../../lab/src/up.ts'
import { signingKey } from './official-content.ts'
import { type OfficialHosts, type Override, officialHosts } from './official-hosts.ts'

// A lab whose cache begins with root file systems and nothing else, and imitations of the official hosts.
const name = 'official'
const wanted = { hosts: 1, systems: ['debian-13'] as const }
const work = mkdtempSync('/var/tmp/official-')
const path = process.env.PATH
const rootfs = join(cacheRoot(), 'rootfs')
const upstreamData = (...below: string[]) => join(cacheRoot(), 'upstream', ...below)

let hosts: OfficialHosts
let lab: Lab
/** Steps and notes of what has been done since the test began. */
const shown: string[] = []
const progress: Progress = {
  step(title, job) {
    shown.push(title)
    return job(() => {})
  },
  note: (line) => shown.push(line),
}

beforeAll(async () => {
  vi.stubEnv('XDG_CACHE_HOME', join(work, 'cache'))
  mkdirSync(cacheRoot(), { recursive: true })
  if (existsSync(rootfs)) execFileSync('cp', ['-al', rootfs, cacheRoot()])
  hosts = await officialHosts(join(work, 'hosts'))
  for (const [variable, value] of Object.entries(hosts.environment)) vi.stubEnv(variable, value)
  fakeGo(join(work, 'go'))
  vi.stubEnv('PATH', `${join(work, 'go')}:${path}`)
  await labDown(name, progress)
  lab = (await labUp(name, wanted, progress)).lab
})

afterAll(async () => {
  await labDown(name, progress)
  await hosts.close()
  vi.unstubAllEnvs()
  rmSync(work, { recursive: true, force: true })
})

beforeEach(() => {
  hosts.override = () => undefined
  hosts.requests.length = 0
})

describe('a lab where the official sources answer', () => {
  test('fetches and builds nothing', async () => {
    expect(shown).toContain(`fetch Kubernetes ${packageVersion} from pkgs.k8s.io`)
    expect(shown).toContain('fetch images from registry.k8s.io')
    expect(shown.filter((line) => line.startsWith('build'))).toEqual([])
    expect(existsSync(join(cacheRoot(), 'bin'))).toBe(false)
  })

  test('has hosts that install the official packages from the upstream', async () => {
    const url = `http://${lab.upstream.address}/kubernetes/core:/stable:/v1.36/deb`
    const script = `set -e
apt-get -qq update && apt-get -qq install -y --no-install-recommends curl >/dev/null 2>&1
curl -fsS ${url}/Release.key >/etc/apt/trusted.gpg.d/kubernetes.asc
echo 'deb ${url}/ /' >/etc/apt/sources.list.d/kubernetes.list
apt-get -qq update && apt-get -qq install -y kubeadm=${packageVersion} kubelet kubectl cri-tools >/dev/null 2>&1
kubeadm; kubelet; kubectl; crictl`
    expect((await insideOrFail(lab.hosts[0]!, 'sh', '-c', script)).trim().split('\n')).toEqual([
      ...['kubeadm', 'kubelet', 'kubectl'].map((each) => `official ${each} ${packageVersion}`),
      'official cri-tools 1.36.0-1.1',
    ])
  })

  test('serves every image as its source has it, for this processor', async () => {
    for (const image of await kubernetesImages()) {
      const { config } = await manifest(image.repository, image.tag)
      if (image.official === undefined) continue
      expect((await blob(image.repository, config.digest)).config.Cmd).toEqual([`${image.repository}:${image.tag}`])
    }
  })

  test('contacts nothing once it has everything', async () => {
    await labUp(name, wanted, progress)
    expect(hosts.requests).toEqual([])
  })

  test('fetches what add-ons need when it is told to', async () => {
    await labUp(name, { ...wanted, addons: true }, progress)
    for (const { repository, tag } of await addonImages()) {
      const { config } = await manifest(repository, tag)
      expect((await blob(repository, config.digest)).config.Cmd).toEqual([`${repository}:${tag}`])
    }
    expect(readdirSync(upstreamData('downloads/helm'))).toHaveLength(2)
    expect(existsSync(join(cacheRoot(), 'bin'))).toBe(false)
  })
})

const html = { headers: { 'Content-Type': 'text/html' }, body: '<html>Please log in to this network</html>' }
const portal: Override = () => html
/** The usual answers, but for places that have this in them. */
const at =
  (text: string, answer: ReturnType<Override>): Override =>
  (place) =>
    place.includes(text) ? answer : undefined
const deb = `kubelet_${packageVersion}_amd64.deb`

describe('packages that cannot be fetched are built', () => {
  const cases: readonly { about: string; override: () => Override; note: RegExp }[] = [
    {
      about: 'a list signed by another key',
      override: () => {
        const release = 'Origin: x\nDate: Sun, 29 Nov 2026 00:00:00 UTC\nSHA256:\n'
        const body = signingKey(join(work, 'another')).clearsign(release)
        return at('InRelease', { body })
      },
      note: /pkgs\.k8s\.io: .*not signed/s,
    },
    {
      about: 'a package with other content',
      override: () => at(deb, { body: other(deb) }),
      note: /Hash Sum mismatch|unexpected size/i,
    },
    {
      about: 'a truncated package',
      override: () => at(deb, { body: 'x' }),
      note: /Hash Sum mismatch|unexpected size/i,
    },
    { about: 'a package that is missing', override: () => at(deb, { status: 404 }), note: /404/ },
    {
      about: 'a list that is missing',
      override: () => (place) => (/Release(\.gpg)?$/.test(place) ? { status: 404 } : undefined),
      note: /Release file/,
    },
    { about: 'a key that is missing', override: () => at('Release.key', { status: 404 }), note: /curl.*404/ },
    { about: 'the login page of a network', override: () => portal, note: /pkgs\.k8s\.io: / },
    { about: 'a host that never answers', override: () => at('/', 'hang'), note: /no answer within 5 s/ },
    {
      about: 'a host that stops answering',
      override: () => at('InRelease', 'hang'),
      note: /nothing more arrived for 60 s|timed out/i,
    },
  ]

  test.for(cases)('$about', async ({ override, note }) => {
    forget('fetched', 'bin')
    hosts.override = override()
    expect(
      await notes(['pkgs.k8s.io'], (sources) => provideKubernetesPrograms(lab.upstream, sources, progress.step)),
    ).toMatch(note)
    const { programs, debs } = await kubernetesPrograms()
    expect(debs).toBeUndefined()
    expect(readFileSync(join(programs, 'kubelet'), 'utf8')).toContain('built')
    expect(existsSync(upstreamData('packages.fetching'))).toBe(false)
  })

  test('unless Go is missing: then both reasons are the error', async () => {
    forget('fetched', 'bin')
    hosts.override = at(deb, { status: 404 })
    vi.stubEnv(
      'PATH',
      (path ?? '')
        .split(':')
        .filter((directory) => !existsSync(join(directory, 'go')))
        .join(':'),
    )
    const attempt = notes(['pkgs.k8s.io'], (sources) => provideKubernetesPrograms(lab.upstream, sources, progress.step))
    await expect(attempt).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining('404') }, { message: expect.stringContaining('Go 1.21') }],
    })
    vi.stubEnv('PATH', `${join(work, 'go')}:${path}`)
  })
})

describe('images that cannot be fetched are built', () => {
  const limited = {
    status: 429,
    headers: { 'Retry-After': '1' },
    body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit"}]}',
  }
  const cases: readonly { about: string; override: Override; note: RegExp }[] = [
    {
      about: 'too many requests',
      override: at('registry-1.docker.io/v2/rancher', limited),
      note: /docker\.io: .*(toomanyrequests|too many|429)/is,
    },
    {
      about: 'a layer with other content',
      override: at('production.cloudflare.docker.com', { body: 'x' }),
      note: /docker\.io: .*(digest|size|EOF)/is,
    },
    {
      about: 'an image that is missing',
      override: at('/manifests/', { status: 404, body: '{}' }),
      note: /docker\.io: .*(manifest|404)/is,
    },
    { about: 'the login page of a network', override: portal, note: /docker\.io: / },
    {
      about: 'a host that stops answering',
      override: at('production.cloudflare.docker.com', 'hang'),
      note: /nothing more arrived for 60 s/,
    },
  ]

  test.for(cases)('$about', async ({ override, note }) => {
    forget('bin', 'upstream/registry/images/rancher-local-path-provisioner-v0.0.37')
    hosts.override = override
    expect(await notes(['docker.io'], fillLocalPath)).toMatch(note)
    const { config } = await manifest('rancher/local-path-provisioner', 'v0.0.37')
    const { config: started } = await blob('rancher/local-path-provisioner', config.digest)
    expect(started.Cmd).toEqual(['/usr/bin/local-path-provisioner'])
  })

  test('a registry that limits requests for a moment is asked again', async () => {
    forget('bin', 'upstream/registry/images/rancher-local-path-provisioner-v0.0.37')
    let limits = 1
    hosts.override = (place) => (place.includes('/manifests/') && limits-- > 0 ? limited : undefined)
    expect(await notes(['docker.io'], fillLocalPath)).not.toContain('docker.io: ')
    expect(existsSync(join(cacheRoot(), 'bin'))).toBe(false)
  })
})

test.for([
  { about: 'a wrong checksum', override: at('sha256sum', { body: `${'0'.repeat(64)}  x\n` }) },
  { about: 'an archive that is missing', override: at('.tar.gz', { status: 404 }) },
  { about: 'the login page of a network', override: portal },
])("Helm's archive is built after $about", async ({ override }) => {
  forget('bin', 'upstream/downloads')
  hosts.override = override
  expect(await notes(['get.helm.sh'], (sources) => fillDownloads(lab.upstream, sources, progress.step))).toContain(
    'get.helm.sh: ',
  )
  expect(shown).toContain('build helm')
  expect(existsSync(join(await programsOf('helm'), 'helm'))).toBe(true)
  expect(readFileSync(upstreamData('downloads/filled'), 'utf8')).not.toContain('official')
  expect(existsSync(upstreamData('downloads.unfinished'))).toBe(false)
})

test('an up that is killed while it fetches goes on where it was, and leaves no program behind', async () => {
  forget('bin', 'upstream/registry/images')
  hosts.override = at('/kube-scheduler/blobs/', 'hang')
  const provision = new URL('../../bin/provision', import.meta.url).pathname
  const up = spawn(provision, ['lab', 'up', '--name', name, '--hosts', '1', '--systems', 'debian-13'], {
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => up.on('exit', resolve))
  await until('the third image is asked for', async () =>
    hosts.requests.some((each) => each.includes('/kube-scheduler/blobs/')),
  )
  // The launcher replaces itself with the program.
  up.kill('SIGKILL')
  await ended
  await until('what it has started is gone', async () => !running('images.fetching'))
  expect(readdirSync(upstreamData('registry/images'))).toHaveLength(2)
  hosts.override = () => undefined
  hosts.requests.length = 0
  await labUp(name, wanted, progress)
  const fetched = new Set(
    hosts.requests.flatMap((each) => /^registry\.k8s\.io\/v2\/(.*)\/manifests/.exec(each)?.[1] ?? []),
  )
  expect([...fetched]).toEqual(['kube-scheduler', 'kube-proxy', 'etcd', 'coredns/coredns', 'pause'])
  expect(existsSync(upstreamData('images.fetching'))).toBe(false)
})

/** Contacts sources, does something with those that answer, and returns what has been noted meanwhile. */
async function notes(wantedSources: readonly Source[], job: (sources: Sources) => Promise<void>): Promise<string> {
  shown.length = 0
  await job(await Sources.contact(wantedSources, progress))
  return shown.join('\n')
}

async function fillLocalPath(sources: Sources): Promise<void> {
  const images = (await addonImages()).filter((image) => image.repository.includes('local-path'))
  await fillImages(lab.upstream, await debianMirror(), { name: 'add-ons', images }, sources, progress.step)
}

function forget(...below: string[]): void {
  for (const each of below) rmSync(join(cacheRoot(), each), { recursive: true, force: true })
}

/** As many bytes as the file of the imitation has, and others. */
function other(file: string): Buffer {
  return Buffer.from(readFileSync(join(work, 'hosts/pool', file)).map((byte) => byte ^ 1))
}

async function manifest(repository: string, tag: string): Promise<{ config: { digest: string } }> {
  const types = ['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.oci.image.manifest.v1+json']
  const headers = { Accept: types.join(', ') }
  const answer = await fetch(`http://${lab.upstream.address}:5000/v2/${repository}/manifests/${tag}`, { headers })
  return (await answer.json()) as { config: { digest: string } }
}

async function blob(repository: string, digest: string): Promise<{ config: { Cmd?: string[] } }> {
  const answer = await fetch(`http://${lab.upstream.address}:5000/v2/${repository}/blobs/${digest}`)
  return (await answer.json()) as { config: { Cmd?: string[] } }
}

function running(words: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && Number(pid) !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words)
      )
    } catch {
      return false
    }
  })
}

/** A compiler that takes no time: what it makes says that it was built. */
function fakeGo(directory: string): void {
  mkdirSync(directory)
  const script = `#!/bin/sh
[ "$1" != version ] || echo 'go version go1.26.0 linux/amd64'
while [ $# -gt 0 ]; do
  [ "$1" != -o ] || { echo 'echo built' >"$2" && chmod 755 "$2"; }
  shift
done
`
  writeFileSync(join(directory, 'go'), script, { mode: 0o755 })
}
