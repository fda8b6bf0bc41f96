import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kubernetesPrograms } from './kubernetes-programs.ts'
import { type LabHost, labFiles } from './model.ts'
import { insideOrFail } from './power.ts'
import { kubernetesVersion } from './release.ts'
import { upstreamData, upstreamMount } from './upstream.ts'

/**
 * Fills the RPM repositories, signed and laid out as those of Rocky Linux, Docker and Kubernetes are. Does nothing when
 * they are filled already. The key is the apt repository's, so that one is to be filled before.
 */
export async function fillRpms(upstream: LabHost): Promise<void> {
  const output = join(upstreamData(), 'rpms')
  const stamp = join(output, 'filled')
  const key = await recipe()
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === key) return
  const stage = join(upstreamData(), 'rpms.stage')
  const unfinished = join(upstreamData(), 'rpms.unfinished')
  for (const each of [stage, unfinished]) await rm(each, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  const { programs, cni } = await kubernetesPrograms()
  await linkAll(programs, join(stage, 'programs'))
  await linkAll(cni, join(stage, 'cni'))
  await cp(join(labFiles, 'packages'), join(stage, 'packages'), { recursive: true })
  await cp(join(labFiles, 'upstream/rpms'), join(stage, 'rpms'), { recursive: true })
  const mounted = (name: string) => `${upstreamMount}/${name}`
  const script = mounted('rpms.stage/rpms/build.sh')
  await insideOrFail(upstream, 'sh', script, mounted('rpms.stage'), mounted('rpms.unfinished'), kubernetesVersion)
  await writeFile(join(unfinished, 'filled'), key)
  await rm(output, { recursive: true, force: true })
  await rename(unfinished, output)
  await rm(stage, { recursive: true })
}

async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) await link(join(from, name), join(to, name))
}

async function recipe(): Promise<string> {
  const { programs, cni } = await kubernetesPrograms()
  const hash = createHash('sha256').update(JSON.stringify([kubernetesVersion, programs, cni]))
  for (const directory of ['packages', 'upstream/rpms']) {
    const entries = await readdir(join(labFiles, directory), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    for (const file of files.sort()) hash.update(file.slice(labFiles.length)).update(await readFile(file))
  }
  return hash.digest('hex')
}
