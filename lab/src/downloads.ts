import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { goPrograms } from './go.ts'
import type { LabHost } from './model.ts'
import { insideOrFail } from './power.ts'
import { recipeText } from './recipe.ts'
import { helmVersion } from './release.ts'
import { upstreamData, upstreamMount } from './upstream.ts'

/** Fills what get.helm.sh is elsewhere: Helm's archive and its checksum. Does nothing when they are there already. */
export async function fillDownloads(upstream: LabHost): Promise<void> {
  const program = join(await goPrograms('helm'), 'helm')
  const directory = join(upstreamData(), 'downloads')
  const stamp = join(directory, 'filled')
  const key = await recipe(program)
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === key) return
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'stage/linux-amd64'), { recursive: true })
  await mkdir(join(unfinished, 'helm'))
  await link(program, join(unfinished, 'stage/linux-amd64/helm'))
  await insideOrFail(upstream, 'sh', '-c', pack, 'pack', `${upstreamMount}/downloads.unfinished`, archive)
  await rm(join(unfinished, 'stage'), { recursive: true })
  await writeFile(join(unfinished, 'filled'), key)
  await rm(directory, { recursive: true, force: true })
  await rename(unfinished, directory)
}

const archive = `helm-v${helmVersion}-linux-amd64.tar.gz`

// A light compression: the archive travels over a bridge.
const pack = `set -eu
cd "$1/helm"
tar --owner=0 --group=0 --numeric-owner -I 'gzip -1' -C ../stage -cf "$2" linux-amd64
sha256sum "$2" >"$2.sha256sum"`

async function recipe(program: string): Promise<string> {
  const own = await recipeText('downloads.ts')
  return createHash('sha256').update(program).update(own).digest('hex')
}
