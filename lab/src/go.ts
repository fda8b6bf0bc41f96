import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Problem } from '../../src/errors.ts'
import { cacheRoot, labFiles } from './model.ts'
import { ask, contained, type Tell } from './program.ts'
import { helmVersion, kubernetesVersion, tags } from './release.ts'

/** A Go module under lab/upstream. */
export type GoModule = keyof typeof builds

/** What every lab needs, where it is not fetched. */
const kubernetes = {
  kubernetes: {
    packages: [
      'kube-apiserver',
      'kube-controller-manager',
      'kube-proxy',
      'kube-scheduler',
      'kubeadm',
      'kubectl',
      'kubelet',
    ].map((name) => `k8s.io/kubernetes/cmd/${name}`),
    variables: {
      'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion}`,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '36',
      'k8s.io/component-base/version.gitTreeState': 'clean',
    },
  },
  etcd: {
    packages: ['server', 'etcdctl', 'etcdutl'].map((name) => `go.etcd.io/etcd/${name}/v3`),
    names: ['etcd', 'etcdctl', 'etcdutl'],
  },
  coredns: { packages: ['.'], names: ['coredns'] },
  cni: {
    packages: [
      ...['ipam/host-local', 'main/bridge', 'main/loopback', 'meta/bandwidth', 'meta/firewall', 'meta/portmap'],
      'meta/tuning',
    ].map((name) => `github.com/containernetworking/plugins/plugins/${name}`),
  },
  tools: { packages: ['./pause'] },
} satisfies Record<string, Build>

/** What labs with add-ons need, Helm among it, where it is not fetched. */
const addons = {
  'metrics-server': {
    packages: ['sigs.k8s.io/metrics-server/cmd/metrics-server'],
    variables: { 'k8s.io/client-go/pkg/version.gitVersion': tags.metricsServer },
  },
  'local-path-provisioner': {
    packages: ['github.com/rancher/local-path-provisioner'],
    variables: { 'main.VERSION': tags.localPathProvisioner },
  },
  traefik: {
    packages: ['github.com/traefik/traefik/v3/cmd/traefik'],
    variables: { 'github.com/traefik/traefik/v3/pkg/version.Version': tags.traefik.replace(/^v/, '') },
    standIns: {
      'github.com/go-acme/lego/v5': { 'providers/dns': 'dns' },
      'github.com/traefik/traefik/v3': { 'pkg/provider/ecs': 'ecs' },
    },
  },
  registry: {
    packages: ['github.com/distribution/distribution/v3/cmd/registry'],
    variables: { 'github.com/distribution/distribution/v3/version.version': tags.registry },
  },
  helm: {
    packages: ['helm.sh/helm/v4/cmd/helm'],
    variables: {
      'helm.sh/helm/v4/internal/version.version': `v${helmVersion}`,
      'helm.sh/helm/v4/internal/version.gitTreeState': 'clean',
    },
  },
} satisfies Record<string, Build>

const builds = { ...kubernetes, ...addons }
interface Build {
  readonly packages: readonly string[]
  /** What the programs are called, where that is not the last part of their packages' paths. */
  readonly names?: readonly string[]
  /** String variables set at link time. */
  readonly variables?: Readonly<Record<string, string>>
  /**
   * By the module they belong to, packages that take too long to build, and in which directory of stand-ins lies
   * what takes their places. An overlay of `go build` would do, but Go allows none over modules that it has fetched.
   */
  readonly standIns?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Whether all of these modules have been built. */
export async function areBuilt(modules: readonly GoModule[]): Promise<boolean> {
  return (await Promise.all(modules.map(programsOf))).every((directory) => existsSync(directory))
}

/** What is wrong with this machine's Go, if anything. From 1.21 on, Go fetches the newer release that a module requires. */
export async function goProblem(): Promise<Problem | undefined> {
  const version = await ask`go version`
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(version.stdout) ?? []
  if (Number(major) > 1 || Number(minor) >= 21) return undefined
  return {
    message: 'Go 1.21 or newer is missing: the lab builds programs that it cannot fetch',
    hint: 'install it from https://go.dev/dl, or give this machine access to the official sources',
  }
}

/** The directory of a module's static programs, built or not. Another content of the module has another directory. */
export async function programsOf(module: GoModule): Promise<string> {
  return join(cacheRoot(), 'bin', `${module}-${await key(join(labFiles, 'upstream', module), builds[module])}`)
}

/** Builds a module's programs, where that has not been done. */
export async function buildPrograms(module: GoModule, tell: Tell): Promise<void> {
  const build: Build = builds[module]
  const source = join(labFiles, 'upstream', module)
  const directory = await programsOf(module)
  if (existsSync(directory)) return
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  const sources = join(unfinished, 'sources')
  const from = build.standIns ? await withStandIns(source, build.standIns, sources) : source
  for (const [i, path] of build.packages.entries()) {
    const name = build.names?.[i] ?? basename(path)
    const program = `program ${i + 1} of ${build.packages.length}, ${name}`
    await compile(from, path, join(unfinished, name), build.variables ?? {}, (text) => tell(`${program}: ${text}`))
  }
  await rm(sources, { recursive: true, force: true })
  await rename(unfinished, directory)
}

async function compile(
  source: string,
  path: string,
  output: string,
  variables: Readonly<Record<string, string>>,
  tell: Tell,
): Promise<void> {
  const assignments = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)
  const linker = ['-s', '-w', ...assignments].join(' ')
  tell('starting')
  // With -v, Go prints a line for each package that it compiles, and one for each module that it downloads.
  const building = go(source)`go build -v -trimpath -ldflags ${linker} -o ${output} ${path}`
  let compiled = 0
  building.stderr.on('data', (text: Buffer) => {
    const lines = text.toString().trimEnd().split('\n')
    compiled += lines.filter((line) => !line.startsWith('go: ')).length
    const last = lines.at(-1) ?? ''
    tell(last.startsWith('go: ') ? last.slice(4) : `${compiled} packages compiled`)
  })
  await building
}

/** Copies a module and those of its dependencies that have stand-ins, and puts these in place; answers the module's copy. */
async function withStandIns(source: string, standIns: NonNullable<Build['standIns']>, sources: string) {
  const copy = join(sources, 'module')
  await cp(source, copy, { recursive: true })
  for (const [i, [dependency, packages]] of Object.entries(standIns).entries()) {
    const { stdout } = await go(copy)`go mod download -json ${dependency}`
    const patched = join(sources, `dependency-${i}`)
    await cp(JSON.parse(stdout).Dir, patched, { recursive: true })
    for (const [path, standIn] of Object.entries(packages)) {
      await rm(join(patched, path), { recursive: true })
      await cp(join(source, 'stand-ins', standIn), join(patched, path), { recursive: true })
    }
    await go(copy)`go mod edit -replace=${dependency}=${patched}`
  }
  return copy
}

function go(directory: string) {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' }
  return contained({ cwd: directory, env })
}

async function key(source: string, build: Build): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(build))
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) hash.update(file.slice(source.length)).update(await readFile(file))
  return hash.digest('hex').slice(0, 12)
}
