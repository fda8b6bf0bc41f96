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
import { restoreCluster } from './restoring.ts'
import { ofRestore, refuseUnfinished } from './unfinished.ts'

export interface RestoreOptions {
  readonly identity?: string
  readonly force: boolean
  readonly abandon: boolean
}

export async function restore(file: string, own: RestoreOptions, options: GlobalOptions): Promise<number> {
  refuseLimit('restore', options, 'remove --limit: all hosts take part; state: down skips a host')
  const inventory = loadInventory(options.inventory)
  await refuseUnfinished(inventory, 'restore')
  const archive = await openArchive(file, await keysFor(inventory, file, own.identity), inventory.cluster)
  refuseOtherVersions(archive.manifest, inventory, catalogue)
  const { state, found } = await begin(inventory, archive, own.force, options)
  const undertaking = { ...ofRestore(state), instead: othersOn(found, state.id).words }
  const { exitCode, comparison, missing, done } = await restoreCluster(
    inventory,
    archive,
    { undertaking, command: `provision restore ${file}` },
    options,
  )
  if (done && !(await end(without(inventory, missing), options))) return 1
  if (comparison === undefined) return exitCode === 0 ? 1 : exitCode
  say(options, `\n${comparisonText(comparison, styleFor(streamOf(options)))}`)
  return exitCode === 0 && !isWhole(comparison) ? 1 : exitCode
}

/** Notes the restore that is to be, or takes up the one of this archive that was cut off. Asks. Throws UserError. */
async function begin(
  inventory: Inventory,
  archive: Archive,
  force: boolean,
  options: GlobalOptions,
): Promise<{ readonly state: RestoreState; readonly found: readonly Found[] }> {
  const before = readRestoreState(inventory)
  const found = await lookAtHosts(inventory, options)
  const others = othersOn(found, before?.id).lines
  if (before?.sha256 === archive.sha256) {
    await agreeToGoOn(inventory, before, found, others, force, options)
    return { state: before, found }
  }
  const looks = await look(inventory, options)
  refuseControlPlanes(inventory, looks, force)
  refuseDoubts(others, 'restore', force, options)
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
  return { state, found }
}

/** Shows what was begun and what has become of the hosts since, and asks. Throws UserError. */
async function agreeToGoOn(
  inventory: Inventory,
  before: RestoreState,
  found: readonly Found[],
  others: readonly string[],
  force: boolean,
  options: GlobalOptions,
): Promise<void> {
  const begun = { ...ofRestore(before), world: before.world, keepsCA: false }
  const doubts = showBegun(begun, changesSince(begun, found), found, others, options)
  say(options, `Continuing the restore that began ${before.begun}`)
  refuseDoubts(doubts, 'restore', force, options)
  await confirmCluster(
    inventory.cluster,
    `Continuing the restore of ${inventory.cluster} from ${before.archive}`,
    options.yes,
  )
}

/** Nothing is left to go on with, on the hosts and here. False where hosts did not answer. */
async function end(inventory: Inventory, options: GlobalOptions): Promise<boolean> {
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
