import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { goPrograms } from './go.ts'
import { type LabHost, labFiles } from './model.ts'
import { insideOrFail } from './power.ts'
import { $ } from './program.ts'
import { recipeText } from './recipe.ts'
import { kubernetesMinor, kubernetesVersion } from './release.ts'
import { upstreamData, upstreamMount } from './upstream.ts'

const kubernetes = `${kubernetesVersion}-1.1`
const repository = `kubernetes/core:/stable:/v${kubernetesMinor}/deb`

interface Package {
  readonly name: string
  readonly version: string
  readonly depends?: string
  readonly description: string
  /** Programs by their place in the package. */
  readonly programs: Readonly<Record<string, string>>
}

/** Fills the apt repository, signed and laid out as pkgs.k8s.io has it. Does nothing when it is filled already. */
export async function fillPackages(upstream: LabHost): Promise<void> {
  const programs = { kubernetes: await goPrograms('kubernetes'), cni: await goPrograms('cni') }
  const packages = await describe(programs)
  const stamp = join(upstreamData(), 'packages', 'filled')
  const key = await recipe(packages)
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === key) return
  const unfinished = join(upstreamData(), 'packages.unfinished')
  await rm(unfinished, { recursive: true, force: true })
  const pool = join(unfinished, repository, 'amd64')
  await mkdir(pool, { recursive: true })
  for (const entry of packages) await build(upstream, entry, pool)
  await sign(upstream, join(unfinished, repository))
  await writeFile(join(unfinished, 'filled'), key)
  await rm(join(upstreamData(), 'packages'), { recursive: true, force: true })
  await rename(unfinished, join(upstreamData(), 'packages'))
}

async function describe(from: { kubernetes: string; cni: string }): Promise<Package[]> {
  const binary = (name: string) => ({ [`usr/bin/${name}`]: join(from.kubernetes, name) })
  const plugins = await readdir(from.cni)
  return [
    {
      name: 'kubeadm',
      version: kubernetes,
      depends: 'cri-tools (>= 1.30.0)',
      description: 'Command-line utility for administering a Kubernetes cluster',
      programs: binary('kubeadm'),
    },
    {
      name: 'kubelet',
      version: kubernetes,
      depends: 'iptables (>= 1.4.21), kubernetes-cni (>= 1.2.0), mount, util-linux',
      description: 'Node agent for Kubernetes clusters',
      programs: binary('kubelet'),
    },
    {
      name: 'kubectl',
      version: kubernetes,
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

async function build(upstream: LabHost, entry: Package, pool: string): Promise<void> {
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
  await insideOrFail(upstream, 'dpkg-deb', ...compression, '--build', mounted(stage), mounted(output))
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

// The key is made once and kept in the cache, so that hosts of a lab that is up go on trusting a repository filled anew.
async function sign(upstream: LabHost, directory: string): Promise<void> {
  const script = `set -eu
export GNUPGHOME=${mounted(join(upstreamData(), 'gnupg'))}
if [ ! -e "$GNUPGHOME/made" ]; then
  mkdir -p -m 0700 "$GNUPGHOME"
  gpg --batch --quiet --passphrase '' --quick-generate-key 'provision lab <root@localhost>' rsa3072 sign never
  : >"$GNUPGHOME/made"
fi
cd ${mounted(directory).replace(/:/g, '\\:')}
apt-ftparchive packages . >Packages
gzip -k -1 Packages
apt-ftparchive -o APT::FTPArchive::Release::Origin='provision lab' release . >Release.new
mv Release.new Release
gpg --batch --quiet --yes --clearsign -o InRelease Release
gpg --batch --quiet --yes --armor --detach-sign -o Release.gpg Release
gpg --batch --quiet --yes --armor --export -o Release.key`
  await insideOrFail(upstream, 'sh', '-c', script)
}

function mounted(path: string): string {
  return join(upstreamMount, path.slice(upstreamData().length))
}

async function recipe(packages: readonly Package[]): Promise<string> {
  const hash = createHash('sha256')
    .update(JSON.stringify(packages))
    .update(await recipeText('packages.ts'))
  const entries = await readdir(join(labFiles, 'packages'), { recursive: true, withFileTypes: true })
  for (const entry of entries.filter((found) => found.isFile())) {
    hash.update(entry.name).update(await readFile(join(entry.parentPath, entry.name)))
  }
  return hash.digest('hex')
}
