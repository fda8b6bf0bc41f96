import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { areBuilt, buildPrograms, programsOf } from './go.ts'
import { type LabHost, labFiles } from './model.ts'
import { fetchInto } from './outward.ts'
import { insideOrFail } from './power.ts'
import type { Step, Tell } from './program.ts'
import { recipeText } from './recipe.ts'
import { helmVersion } from './release.ts'
import type { Sources } from './sources.ts'
import { inUpstream, upstreamData } from './upstream.ts'

const archive = `helm-v${helmVersion}-linux-amd64.tar.gz`
/** What the directory's mark says of an archive that is the official one. */
const official = `official ${archive}`

/** Whether Helm's archive is there already, or its program built. */
export async function hasDownloads(): Promise<boolean> {
  return (await mark()) === official || (await areBuilt(['helm']))
}

/** Fills what get.helm.sh is elsewhere: Helm's archive and its checksum. Does nothing when they are there already. */
export async function fillDownloads(upstream: LabHost, sources: Sources, step: Step): Promise<void> {
  const present = await mark()
  if (present === official || present === (await recipe())) return
  const build = async () => {
    await step('build helm', (tell) => buildPrograms('helm', tell))
    await step("pack Helm's archive", () => pack(upstream))
  }
  if (await areBuilt(['helm'])) return build()
  await sources.fetchOrBuild(
    'get.helm.sh',
    () => step(`fetch Helm ${helmVersion} from get.helm.sh`, (tell) => download(upstream, tell)),
    build,
  )
}

async function mark(): Promise<string | undefined> {
  return readFile(join(directory(), 'filled'), 'utf8').catch(() => undefined)
}

function directory(): string {
  return join(upstreamData(), 'downloads')
}

async function download(upstream: LabHost, tell: Tell): Promise<void> {
  const script = await readFile(join(labFiles, 'upstream/fetch/helm.sh'), 'utf8')
  await replace(official, (helm) =>
    fetchInto(helm, upstream, ['sh', '-c', script, 'fetch', inUpstream(helm), `https://get.helm.sh/${archive}`], tell),
  )
}

async function pack(upstream: LabHost): Promise<void> {
  await replace(await recipe(), async (helm) => {
    const stage = join(helm, '../stage')
    await mkdir(join(stage, 'linux-amd64'), { recursive: true })
    await link(join(await programsOf('helm'), 'helm'), join(stage, 'linux-amd64/helm'))
    await insideOrFail(upstream, 'sh', '-c', packing, 'pack', inUpstream(helm), archive)
    await rm(stage, { recursive: true })
  })
}

// A light compression: the archive travels over a bridge.
const packing = `set -eu
cd "$1"
tar --owner=0 --group=0 --numeric-owner -I 'gzip -1' -C ../stage -cf "$2" linux-amd64
sha256sum "$2" >"$2.sha256sum"`

/** Has the directory filled beside the present one, and then takes it in place of that one. */
async function replace(key: string, fill: (helm: string) => Promise<void>): Promise<void> {
  const unfinished = `${directory()}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'helm'), { recursive: true })
  try {
    await fill(join(unfinished, 'helm'))
    await writeFile(join(unfinished, 'filled'), key)
    if (existsSync(directory())) await rm(directory(), { recursive: true })
    await rename(unfinished, directory())
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function recipe(): Promise<string> {
  const own = await recipeText('downloads.ts')
  return createHash('sha256')
    .update(join(await programsOf('helm'), 'helm'))
    .update(own)
    .digest('hex')
}
