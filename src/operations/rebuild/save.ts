import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beginSealing, writeEncrypted } from '../../archive/encrypted-file.ts'
import type { Keys, Lock } from '../../archive/encryption-keys.ts'
import { type Archive, openArchive } from '../../archive/open.ts'
import { makeDirectory } from '../../disk/durable.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { onlyPhases, restrictTo, withPhase } from '../../playbook/restrict.ts'
import type { Diagnosis, Found } from '../../rebuild/diagnose.ts'
import { statePaths } from '../../state/paths.ts'
import { type RebuildState, writeRebuildState } from '../../state/rebuild.ts'
import type { Part } from '../../transport/undertaking.ts'
import { z } from '../../zod.ts'
import { execute } from '../execute.ts'
import type { GlobalOptions } from '../options.ts'
import { say } from '../output.ts'
import { clusterPlaybooks } from '../playbooks.ts'
import { known } from '../stages.ts'
import type { RebuildStage } from './call.ts'
import { endRebuild, partOf } from './end.ts'
import { without } from './look.ts'
import { part } from './parts.ts'

const command = 'provision rebuild'
const saved = z.object({ revision: z.number() })
const proofSchema = z.object({ revision: z.number(), totalKeys: z.number(), objects: z.record(z.string(), z.number()) })

/** What saving needs to know. */
interface Saving {
  readonly inventory: Inventory
  readonly diagnosis: Diagnosis
  readonly found: readonly Found[]
  readonly id: string
  readonly undertaking: Part
  readonly directory: string
  readonly lock: Lock
  readonly keys: Keys
}

/** Why nothing could be saved. Nothing has been changed then. */
class NotSaved extends Error {}

/** Saves what etcd holds as an archive on this machine, where it is not in one. Ends the call where it cannot be saved. */
export const save: RebuildStage = async (progress, { whole, found, options }) => {
  const journal = known(progress.journal, 'journal')
  if (journal.stage !== 'saving') return progress
  let { archive } = progress
  try {
    if (progress.secrets !== undefined) {
      const diagnosis = known(progress.diagnosis, 'diagnosis')
      const inventory = without(whole, diagnosis.leftOut)
      const directory = statePaths(whole).rebuilds
      const undertaking = partOf(journal, found)
      archive = await saveCluster(
        { inventory, diagnosis, found, id: journal.id, undertaking, directory, ...progress.secrets },
        options,
      )
    }
  } catch (error) {
    if (error instanceof NotSaved) say(options, `\n${error.message}. No changes were made.`)
    if (await endRebuild(whole, journal, found, options)) say(options, 'Stopped components were restarted.')
    if (error instanceof NotSaved) return { ...progress, exitCode: 1 }
    throw error
  }
  const saved: RebuildState = {
    ...journal,
    stage: 'saved',
    ...(archive && { archive: { file: archive.file, sha256: archive.sha256 } }),
  }
  writeRebuildState(whole, saved)
  if (archive !== undefined) say(options, `\nSaved and verified: ${archive.file}\n`)
  return { ...progress, archive, journal: saved }
}

/**
 * What etcd holds as an archive on this machine, read to its end and found right. Throws {@link NotSaved}; what was brought to
 * a standstill is then to be set in motion again.
 */
async function saveCluster(saving: Saving, options: GlobalOptions): Promise<Archive> {
  const { inventory, diagnosis, id } = saving
  const { source } = diagnosis
  if (source.kind !== 'live' && source.kind !== 'rest') throw new TypeError(`no data to save of ${source.kind}`)
  const hosts = source.kind === 'live' ? [source.host] : source.hosts
  await provideTools(saving, hosts, options)
  const still = diagnosis.state !== 'repair'
  const vars = { rebuild: id, rest: source.kind === 'rest', still }
  const playbooks = onlyPhases(part('save', inventory, vars), still ? ['stop-writes', 'save'] : ['save']).map(
    (playbook) =>
      withPhase(playbook, 'save', (phase) => [
        { ...phase, only: hosts, tasks: still ? phase.tasks : phase.tasks.map((task) => ({ ...task, needs: [] })) },
      ]),
  )
  const selected = inventory.hosts.filter((host) => (still ? host.role === 'control-plane' : hosts.includes(host.name)))
  const { outputs } = await execute(
    { command, mode: 'apply', undertaking: saving.undertaking, inventory, playbooks, selected },
    options,
  )
  const best = furthest(outputs.get('saved') ?? new Map())
  if (best === undefined) throw new NotSaved('The data of etcd could not be saved')
  return await fetchArchive(saving, best, options)
}

/** The host whose archive is of the highest revision. */
function furthest(manifests: ReadonlyMap<string, string>): string | undefined {
  const revisions = [...manifests].flatMap(([host, text]) => {
    const revision = saved.safeParse(parsed(text)).data?.revision
    return revision === undefined ? [] : [{ host, revision }]
  })
  return revisions.sort((a, b) => b.revision - a.revision)[0]?.host
}

async function fetchArchive(saving: Saving, host: string, options: GlobalOptions): Promise<Archive> {
  const { inventory, id, directory, lock, keys } = saving
  const file = join(directory, `${inventory.cluster}-${id}.tar.age`)
  makeDirectory(directory)
  const sealing = await beginSealing(lock)
  const { summary } = await execute(
    {
      command,
      mode: 'apply',
      undertaking: saving.undertaking,
      inventory,
      playbooks: restrictTo([host], part('fetch', inventory, { rebuild: id })),
      selected: inventory.hosts.filter((each) => each.name === host),
      onFile: ({ bytes }) => writeEncrypted(file, sealing, bytes),
    },
    options,
  )
  if (summary.exitCode !== 0) throw new NotSaved(`The archive could not be fetched from ${host}`)
  const archive = await openArchive(file, keys, inventory.cluster)
  await prove(saving, host, archive, options)
  return archive
}

/** Restores it into a scratch etcd where it was made, from the very tar that was fetched. Throws UserError where it is not all there. */
async function prove(saving: Saving, host: string, archive: Archive, options: GlobalOptions): Promise<void> {
  const { inventory, id } = saving
  const { outputs } = await execute(
    {
      command,
      mode: 'apply',
      undertaking: saving.undertaking,
      inventory,
      playbooks: restrictTo([host], part('verify', inventory, { rebuild: id })),
      selected: inventory.hosts.filter((each) => each.name === host),
    },
    options,
  )
  const { revision, totalKeys, objects } = archive.manifest
  const proof = proofSchema.safeParse(parsed(outputs.get('proof')?.get(host) ?? '')).data
  if (proof !== undefined && isDeepStrictEqual(proof, { revision, totalKeys, objects })) return
  throw new NotSaved(`${archive.file} could not be verified: the data in a scratch etcd differs from its manifest`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A control plane without etcd's own programs gets them as an ordinary run would: what is broken of its software is mended
 * first, and the phases up to there touch nothing of etcd's.
 */
async function provideTools(saving: Saving, hosts: readonly string[], options: GlobalOptions): Promise<void> {
  const { inventory, found } = saving
  const bare = hosts.filter((name) => found.find((each) => each.name === name)?.look?.etcd.tools === undefined)
  if (bare.length === 0) return
  const docker = inventory.runtime.engine === 'docker' ? ['docker'] : []
  const ids = ['software', 'prepare', 'runtime', ...docker, 'kubernetes', 'etcd-tools']
  const playbooks = restrictTo(
    bare,
    onlyPhases([...part('software', inventory, {}), ...clusterPlaybooks(inventory)], ids),
  )
  const selected = inventory.hosts.filter((host) => bare.includes(host.name))
  const { summary } = await execute(
    { command, mode: 'apply', undertaking: saving.undertaking, inventory, playbooks, selected },
    options,
  )
  if (summary.exitCode === 0) return
  throw new NotSaved(`etcd's tools could not be installed on ${bare.join(', ')}; its data cannot be read there`)
}
