import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type LabHost, labFiles } from './model.ts'
import { insideOrFail } from './power.ts'
import { $ } from './program.ts'
import { recipeText } from './recipe.ts'
import { packageVersion } from './release.ts'
import { inUpstream, upstreamData } from './upstream.ts'

/** A package that the lab makes of programs that it has built. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly depends?: string
  readonly description: string
  /** Programs by their place in the package. */
  readonly programs: Readonly<Record<string, string>>
}

/** Kubernetes' packages, made of programs that have been built. */
export async function describe(from: { readonly programs: string; readonly cni: string }): Promise<Package[]> {
  const binary = (name: string) => ({ [`usr/bin/${name}`]: join(from.programs, name) })
  const plugins = await readdir(from.cni)
  return [
    {
      name: 'kubeadm',
      version: packageVersion,
      depends: 'cri-tools (>= 1.30.0)',
      description: 'Command-line utility for administering a Kubernetes cluster',
      programs: binary('kubeadm'),
    },
    {
      name: 'kubelet',
      version: packageVersion,
      depends: 'iptables (>= 1.4.21), kubernetes-cni (>= 1.2.0), mount, util-linux',
      description: 'Node agent for Kubernetes clusters',
      programs: binary('kubelet'),
    },
    {
      name: 'kubectl',
      version: packageVersion,
      description: 'Command-line utility for interacting with a Kubernetes cluster',
      programs: binary('kubectl'),
    },
    {
      name: 'kubernetes-cni',
      version: '1.9.1-1.1',
      description: 'Binaries required to provision container networking',
      programs: Object.fromEntries(plugins.map((plugin) => [`opt/cni/bin/${plugin}`, join(from.cni, plugin)])),
    },
    {
      name: 'cri-tools',
      version: '1.36.0-1.1',
      description: 'Stand-in of the lab for crictl, which it cannot build',
      programs: {},
    },
  ]
}

/** Builds a package into a directory of the upstream's data. */
export async function buildPackage(upstream: LabHost, entry: Package, pool: string): Promise<void> {
  const stage = join(upstreamData(), 'stage', entry.name)
  await rm(stage, { recursive: true, force: true })
  await mkdir(join(stage, 'DEBIAN'), { recursive: true })
  await chmod(stage, 0o755)
  const files = join(labFiles, 'packages', entry.name)
  if (existsSync(files)) await cp(files, stage, { recursive: true })
  for (const [place, program] of Object.entries(entry.programs)) {
    await mkdir(dirname(join(stage, place)), { recursive: true })
    await link(program, join(stage, place))
  }
  const settings = join(stage, 'etc')
  if (existsSync(settings)) {
    const { stdout } = await $`find ${settings} -type f -printf ${'/etc/%P\\n'}`
    await writeFile(join(stage, 'DEBIAN/conffiles'), stdout)
  }
  await writeFile(join(stage, 'DEBIAN/control'), control(entry))
  const output = join(pool, `${entry.name}_${entry.version}_amd64.deb`)
  // A light compression: the packages travel over a bridge and are unpacked far more often than they are built.
  const compression = ['-Zzstd', '-z1', '--root-owner-group']
  await insideOrFail(upstream, 'dpkg-deb', ...compression, '--build', inUpstream(stage), inUpstream(output))
  await rm(stage, { recursive: true })
}

function control(entry: Package): string {
  const fields = {
    Package: entry.name,
    Version: entry.version,
    Architecture: 'amd64',
    Maintainer: 'the lab of provision <root@localhost>',
    Section: 'admin',
    Priority: 'optional',
    ...(entry.depends ? { Depends: entry.depends } : {}),
    Description: entry.description,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

/** A hash of all that packages are built from. */
export async function packagesRecipe(packages: readonly Package[]): Promise<string> {
  const hash = createHash('sha256')
    .update(JSON.stringify(packages))
    .update(await recipeText('built-packages.ts'))
  const entries = await readdir(join(labFiles, 'packages'), { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((found) => found.isFile())) {
    hash.update(entry.name).update(await readFile(join(entry.parentPath, entry.name)))
  }
  return hash.digest('hex')
}
