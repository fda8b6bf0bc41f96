import { rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileWhole } from '../../archive/encrypted-file.ts'
import type { Keys } from '../../archive/encryption-keys.ts'
import type { Manifest } from '../../archive/manifest.ts'
import { openArchive } from '../../archive/open.ts'
import { addNote, listArchives, madeAt, makeDirectory, prunable, type Stored } from '../../archive/store.ts'
import { UserError } from '../../errors.ts'
import { isPast } from '../../events/past.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { loadInventory } from '../../inventory/load.ts'
import { withVars } from '../../playbook/restrict.ts'
import { shipped } from '../../shipped.ts'
import { statePaths } from '../../state/paths.ts'
import { formatBytes, plural } from '../../views/style.ts'
import { execute } from '../execute.ts'
import type { GlobalOptions } from '../options.ts'
import { ownPlaybooks } from '../playbooks.ts'
import { isUnfinished } from '../unfinished.ts'
import { prune, tell } from './keep.ts'
import { keysAtHand } from './keys.ts'
import { controlPlanes, type Surveyed, survey } from './survey.ts'

export async function fetchArchives(options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const surveyed = await survey(inventory, options)
  const directory = statePaths(inventory).backups
  await makeDirectory(directory)
  const keys = await keysAtHand(inventory)
  const wanted = missing(surveyed, await listArchives(directory, inventory.cluster), inventory, keys !== undefined)
  const surveyedAs = (host: string) => surveyed.find((each) => each.host === host) as Surveyed
  let worst = 0
  for (const [host, names] of wanted)
    worst = Math.max(worst, await fetchFrom(surveyedAs(host), names, directory, keys, inventory, options))
  const count = [...wanted.values()].flat().length
  if (count === 0) {
    const some = surveyed.some((each) => each.archives.length > 0)
    if (!some && inventory.backup.schedule === undefined)
      throw new UserError('no control plane has archives', 'set backup.schedule in the inventory, then run provision')
    tell(some ? 'All archives to keep are already here.' : 'The timer has not created an archive yet.', options)
  }
  // A restore may still need one of those that are no longer kept.
  if (!(await isUnfinished(inventory))) await prune(inventory, options)
  return worst
}

/**
 * What is to be fetched from whom: of the archives that hosts have, those that would be kept here. Their names are the hosts'
 * word: none takes the place of what is here, and none of the future is taken. `opens`: whether they are opened as they come.
 * `now`: ms since 1970. Pure.
 */
export function missing(
  surveyed: readonly Surveyed[],
  here: readonly Stored[],
  inventory: Pick<Inventory, 'cluster' | 'backup'>,
  opens = false,
  now: number = Date.now(),
): Map<string, string[]> {
  const there = new Map<string, Stored & { readonly host: string }>()
  for (const { host, archives } of surveyed) {
    for (const { name, size } of archives) {
      const at = madeAt(name, inventory.cluster)
      if (at === undefined || there.has(name) || here.some((one) => one.name === name)) continue
      if (isPast(at, now)) there.set(name, { name, size, at, file: '', host, from: opens ? undefined : host })
    }
  }
  const isHere = (one: Stored) => one.file !== ''
  const gone = new Set<Stored>(prunable([...here, ...there.values()], inventory.backup.keep, now, isHere))
  const wanted = new Map<string, string[]>()
  for (const one of there.values()) {
    if (!gone.has(one)) wanted.set(one.host, [...(wanted.get(one.host) ?? []), one.name])
  }
  return wanted
}

/** Bytes of a disk that archives leave free. */
const SPARE = 64 * 1024 * 1024

/** Which of these there is room for, the newest first. `free`: bytes. Pure. */
export function fitting(archives: readonly { name: string; size: number }[], free: number): string[] {
  let left = free - SPARE
  const newestFirst = [...archives].sort((a, b) => b.name.localeCompare(a.name))
  return newestFirst.flatMap(({ name, size }) => {
    if (size > left) return []
    left -= size
    return [name]
  })
}

async function fetchFrom(
  surveyed: Surveyed,
  wanted: readonly string[],
  directory: string,
  keys: Keys | undefined,
  inventory: Inventory,
  options: GlobalOptions,
): Promise<number> {
  const { host } = surveyed
  const archives = surveyed.archives.filter(({ name }) => wanted.includes(name))
  const { bavail, bsize } = await statfs(directory)
  const names = fitting(archives, bavail * bsize)
  const tooLarge = archives.filter(({ name }) => !names.includes(name))
  if (tooLarge.length > 0) {
    const list = tooLarge.map(({ name, size }) => `${name} (${formatBytes(size)})`).join(', ')
    tell(`${directory} has ${formatBytes(bavail * bsize)} free, so these stay on ${host}: ${list}`, options)
  }
  if (names.length === 0) return 1
  const playbook = shipped('playbooks/backup/fetch.yaml')
  const { summary } = await execute(
    {
      command: 'provision backup fetch',
      mode: 'apply',
      undertaking: 'any',
      inventory,
      playbooks: ownPlaybooks([playbook], inventory).map((one) => withVars(one, { archives: names })),
      selected: controlPlanes(inventory).filter((each) => each.name === host),
      onFile: async (file) => {
        const name = names.find((each) => file.path.endsWith(`/${each}`))
        if (name === undefined) throw new Error(`${file.path} was not requested`)
        const said = archives.find((each) => each.name === name)
        if (file.size > (said?.size ?? 0)) throw new Error(`${name} is larger than ${host} reported`)
        await writeFileWhole(join(directory, name), file.bytes)
        const opened = keys && {
          manifest: await checked(join(directory, name), keys, inventory),
          openedAt: new Date().toISOString(),
        }
        await addNote(join(directory, name), { manifest: said?.manifest, from: host, ...opened })
      },
    },
    options,
  )
  if (summary.exitCode === 0)
    tell(`${plural(names.length, 'archive')} from ${host} in ${directory}: ${names.join(', ')}`, options)
  return Math.max(summary.exitCode, tooLarge.length > 0 ? 1 : 0)
}

/** What an archive says of itself, once it has been read to its end. One that is not whole and right is not kept. */
async function checked(file: string, keys: Keys, inventory: Inventory): Promise<Manifest> {
  try {
    return (await openArchive(file, keys, inventory.cluster)).manifest
  } catch (error) {
    await rm(file, { force: true })
    throw error
  }
}
