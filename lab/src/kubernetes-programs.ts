import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { areBuilt, buildPrograms, programsOf } from './go.ts'
import { cacheRoot, type LabHost, labFiles } from './model.ts'
import { fetchInto } from './outward.ts'
import type { Step, Tell } from './program.ts'
import { kubernetesMinor, packageVersion } from './release.ts'
import type { Sources } from './sources.ts'
import { inUpstream, upstreamData } from './upstream.ts'

/** Directories with Kubernetes' programs and CNI plugins; and with the official packages, where they are from these. */
export interface KubernetesPrograms {
  readonly programs: string
  readonly cni: string
  readonly debs?: string
}

const url = `https://pkgs.k8s.io/core:/stable:/v${kubernetesMinor}/deb`

/** Where Kubernetes' programs are, or will be once they are built. */
export async function kubernetesPrograms(): Promise<KubernetesPrograms> {
  const fetched = fetchedDirectory()
  if (!existsSync(fetched)) return { programs: await programsOf('kubernetes'), cni: await programsOf('cni') }
  return { programs: join(fetched, 'programs'), cni: join(fetched, 'cni'), debs: join(fetched, 'debs') }
}

/** Whether they are in the cache, fetched or built. */
export async function hasKubernetesPrograms(): Promise<boolean> {
  return existsSync(fetchedDirectory()) || (await areBuilt(['kubernetes', 'cni']))
}

/** Fetches or builds Kubernetes' programs, where the cache lacks them. */
export async function provideKubernetesPrograms(upstream: LabHost, sources: Sources, step: Step): Promise<void> {
  if (await hasKubernetesPrograms()) return
  await sources.fetchOrBuild(
    'pkgs.k8s.io',
    () => step(`fetch Kubernetes ${packageVersion} from pkgs.k8s.io`, (tell) => fetchPackages(upstream, tell)),
    async () => {
      for (const module of ['kubernetes', 'cni'] as const) {
        await step(`build ${module}`, (tell) => buildPrograms(module, tell))
      }
    },
  )
}

function fetchedDirectory(): string {
  return join(cacheRoot(), 'fetched', `kubernetes-${packageVersion}`)
}

// A directory under its final name is complete.
async function fetchPackages(upstream: LabHost, tell: Tell): Promise<void> {
  const work = join(upstreamData(), 'packages.fetching')
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  const script = await readFile(join(labFiles, 'upstream/fetch/packages.sh'), 'utf8')
  try {
    await fetchInto(work, upstream, ['sh', '-c', script, 'fetch', inUpstream(work), url, packageVersion], tell)
    await mkdir(join(cacheRoot(), 'fetched'), { recursive: true })
    await rename(join(work, 'result'), fetchedDirectory())
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
