import { objectCount } from '../archive/manifest.ts'
import { type Archive, openArchive } from '../archive/open.ts'
import { catalogue } from '../catalogue/load.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import type { Found } from '../rebuild/diagnose.ts'
import { changesSince, othersOn, worldOf } from '../rebuild/world.ts'
import {
  newRestoreId,
  type RestoreState,
  readRestoreState,
  removeRestoreState,
  writeRestoreState,
} from '../state/restore.ts'
import { undertakingText } from '../transport/undertaking.ts'
import { confirmCluster } from '../views/ask.ts'
import { comparisonText, isWhole } from '../views/comparison.ts'
import { styleFor } from '../views/style.ts'
import { keysFor } from './backup/keys.ts'
import { refuseDoubts, showBegun } from './doubts.ts'
import { endOnHosts } from './ending.ts'
import { operatorName } from './operator.ts'
import { type GlobalOptions, refuseLimit } from './options.ts'
import { say, streamOf } from './output.ts'
import { query } from './query.ts'
import { look as lookAtHosts, without } from './rebuild/look.ts'
import { type Look, readLook, refuseControlPlanes, refuseOtherVersions } from './restore-checks.ts'
import { type Restored, restoreCluster } from './restoring.ts'
import { known, runStages, type Stage } from './stages.ts'
import { ofRestore, refuseUnfinished } from './unfinished.ts'

export interface RestoreOptions {
  readonly identity?: string
  readonly force: boolean
  readonly abandon: boolean
}

/** What is the same for all stages of one call. */
interface RestoreCall {
  readonly own: RestoreOptions
  readonly options: GlobalOptions
  readonly inventory: Inventory
  readonly archive: Archive
  /** What an earlier call left. */
  readonly before: RestoreState | undefined
  readonly found: readonly Found[]
}

/** What the stages have found out so far. */
interface RestoreProgress {
  /** As it is in `.provision`; undefined until the operator has agreed. */
  readonly state?: RestoreState
  readonly restored?: Restored
  /** The call ends with it. */
  readonly exitCode?: number
}

type RestoreStage = Stage<RestoreProgress, RestoreCall>

/** Continues the restore of this archive that an earlier call left. Asks. Throws UserError. */
const resume: RestoreStage = async (progress, call) => {
  const { before, archive } = call
  if (before?.sha256 !== archive.sha256) return progress
  await agreeToGoOn(before, call)
  return { ...progress, state: before }
}

/** Refuses control planes that serve, shows what is about to be done, asks, and notes the restore. Throws UserError. */
const agree: RestoreStage = async (progress, { inventory, archive, before, found, own, options }) => {
  if (progress.state !== undefined) return progress
  const looks = await look(inventory, options)
  refuseControlPlanes(inventory, looks, own.force)
  const others = othersOn(found, before?.id).lines
  refuseDoubts(others, 'restore', own.force, options)
  const earlier = before === undefined ? [] : [`${undertakingText(ofRestore(before))}: this restore replaces it`]
  const deed = [deedOf(inventory, archive, looks), ...earlier, ...others]
  await confirmCluster(inventory.cluster, deed.join('\n'), options.yes)
  const now = new Date()
  const state: RestoreState = {
    id: newRestoreId(archive.sha256, now),
    sha256: archive.sha256,
    archive: archive.file,
    begun: now.toISOString(),
    by: operatorName(),
    world: worldOf(found),
  }
  writeRestoreState(inventory, state)
  return { ...progress, state }
}

/** Builds the cluster from the archive. */
const build: RestoreStage = async (progress, { inventory, archive, found, options }) => {
  const state = known(progress.state, 'state')
  const undertaking = { ...ofRestore(state), instead: othersOn(found, state.id).words }
  const command = `provision restore ${archive.file}`
  return { ...progress, restored: await restoreCluster(inventory, archive, { undertaking, command }, options) }
}

/** Ends the restore, here and on the hosts, where nothing of it is left to do. */
const end: RestoreStage = async (progress, { inventory, options }) => {
  const { done = false, missing = [] } = progress.restored ?? {}
  if (!done || (await endRestore(without(inventory, missing), options))) return progress
  return { ...progress, exitCode: 1 }
}

/** Shows the objects of the archive and of the cluster. */
const compare: RestoreStage = async (progress, { options }) => {
  const { exitCode = 1, comparison } = progress.restored ?? {}
  if (comparison === undefined) return { ...progress, exitCode: exitCode || 1 }
  say(options, `\n${comparisonText(comparison, styleFor(streamOf(options)))}`)
  return { ...progress, exitCode: exitCode === 0 && !isWhole(comparison) ? 1 : exitCode }
}

/** An interrupted restore begins again with the first. */
const stages: readonly RestoreStage[] = [resume, agree, build, end, compare]

/** Makes the cluster what an archive holds. Returns the exit code. Throws UserError. */
export async function restore(file: string, own: RestoreOptions, options: GlobalOptions): Promise<number> {
  refuseLimit('restore', options, 'remove --limit: all hosts take part; state: down skips a host')
  const inventory = loadInventory(options.inventory)
  await refuseUnfinished(inventory, 'restore')
  const archive = await openArchive(file, await keysFor(inventory, file, own.identity), inventory.cluster)
  refuseOtherVersions(archive.manifest, inventory, catalogue)
  const before = readRestoreState(inventory)
  const found = await lookAtHosts(inventory, options)
  const call: RestoreCall = { own, options, inventory, archive, before, found }
  const { exitCode = 0 } = await runStages(stages, {}, call)
  return exitCode
}

/** Shows what was begun and what has become of the hosts since, and asks. Throws UserError. */
async function agreeToGoOn(before: RestoreState, { inventory, found, own, options }: RestoreCall): Promise<void> {
  const others = othersOn(found, before.id).lines
  const begun = { ...ofRestore(before), world: before.world, keepsCA: false }
  const doubts = showBegun(begun, changesSince(begun, found), found, others, options)
  say(options, `Continuing the restore that began ${before.begun}`)
  refuseDoubts(doubts, 'restore', own.force, options)
  await confirmCluster(
    inventory.cluster,
    `Continuing the restore of ${inventory.cluster} from ${before.archive}`,
    options.yes,
  )
}

/** Nothing is left to go on with, on the hosts and here. False where hosts did not answer. */
async function endRestore(inventory: Inventory, options: GlobalOptions): Promise<boolean> {
  const left = await endOnHosts(inventory, { command: 'provision restore' }, options)
  if (left.length === 0) removeRestoreState(inventory)
  else say(options, `Still recorded as unfinished on ${left.join(', ')}: run the same command again when they respond`)
  return left.length === 0
}

/** Asks the control planes what they have. */
async function look(inventory: Inventory, options: GlobalOptions): Promise<ReadonlyMap<string, Look>> {
  const hosts = inventory.hosts.filter((host) => host.role === 'control-plane')
  const { outputs } = await query({ inventory, playbook: 'restore/probe', hosts }, options)
  return new Map([...(outputs.get('look') ?? [])].map(([host, text]) => [host, readLook(text)]))
}

/** What is about to be done, for the operator to agree to. */
function deedOf(inventory: Inventory, { file, manifest }: Archive, looks: ReadonlyMap<string, Look>): string {
  const names = inventory.hosts.filter((host) => host.state === 'up').map((host) => host.name)
  const aside = [...looks].flatMap(([host, { data }]) =>
    data === undefined ? [] : [`${host} (${data} of etcd's data)`],
  )
  return [
    `Restoring ${inventory.cluster} from ${file}: as of ${manifest.createdAt}, ${objectCount(manifest)} objects, onto ${names.join(', ')}`,
    ...(aside.length > 0 ? [`Existing data is moved to a backup directory: ${aside.join(', ')}`] : []),
  ].join('\n')
}
