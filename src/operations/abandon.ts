import { UserError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import type { Found } from '../rebuild/diagnose.ts'
import { othersOn } from '../rebuild/world.ts'
import { readRebuildState, removeRebuildState } from '../state/rebuild.ts'
import { readRestoreState, removeRestoreState } from '../state/restore.ts'
import { decodeUndertaking, type Undertaking, undertakingText } from '../transport/undertaking.ts'
import { confirmCluster } from '../views/ask.ts'
import { endOnHosts } from './ending.ts'
import type { GlobalOptions } from './options.ts'
import { say } from './output.ts'
import { look } from './rebuild/look.ts'
import { ofRebuild, ofRestore } from './unfinished.ts'

/**
 * Gives up every restore and rebuild that was begun and has not ended, here and on the hosts: what stands still is set in
 * motion, and hosts take other commands again. Nothing that was saved or moved aside is touched. Returns the exit code. Throws
 * UserError where no cluster would be left.
 */
export async function giveUp(options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const here = await begunHere(inventory)
  const found = await look(inventory, options)
  const others = othersOn(found, undefined)
  if (here.lines.length === 0 && others.lines.length === 0) {
    say(options, 'No restore or rebuild is under way.')
    return 0
  }
  const noted = others.words.flatMap((word) => decodeUndertaking(word)?.id ?? [])
  const still = found.flatMap(({ look: seen }) => seen?.still ?? [])
  const ids = [...new Set([...here.ids, ...noted, ...still])]
  say(options, [...here.lines, ...others.lines, ...stateText(found)].join('\n'))
  refuseWithoutData(found, ids)
  await confirmCluster(inventory.cluster, `Giving up unfinished operations of ${inventory.cluster}`, options.yes)
  const left = await endOnHosts(inventory, { command: 'provision rebuild --abandon', givenUp: ids }, options)
  if (left.length > 0) {
    say(options, `Unreachable or failed: ${left.join(', ')}. Run the same command again when they respond.`)
    return 1
  }
  removeRestoreState(inventory)
  removeRebuildState(inventory)
  say(
    options,
    [
      'Given up. Stopped components were restarted. `provision status` shows the cluster.',
      ...keptText(found, ids),
    ].join('\n'),
  )
  return 0
}

/** What the journals of this machine say; one that is damaged is given up like any other. */
async function begunHere(inventory: Inventory): Promise<{ readonly ids: string[]; readonly lines: string[] }> {
  const read = [
    async () => of(readRestoreState(inventory), ofRestore),
    async () => of(readRebuildState(inventory), ofRebuild),
  ]
  const ids: string[] = []
  const lines: string[] = []
  for (const one of read) {
    try {
      const undertaking = await one()
      if (undertaking === undefined) continue
      ids.push(undertaking.id)
      lines.push(`this machine: ${undertakingText(undertaking)}`)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      lines.push(`this machine: ${error.problems.map((each) => each.message).join('; ')}`)
    }
  }
  return { ids, lines }
}

function of<State>(state: State | undefined, read: (state: State) => Undertaking): Undertaking | undefined {
  return state === undefined ? undefined : read(state)
}

/** In what state hosts are, a line each. */
function stateText(found: readonly Found[]): string[] {
  return found.map(({ name, role, look: seen, reason }) => {
    if (seen === undefined) return `${name}: ${reason ?? 'does not answer'}`
    if (role === 'worker') return `${name}: kubelet ${seen.units['kubelet.service'] ?? 'not installed'}`
    const api = seen.api === 'ok' ? 'the API server is running' : 'the API server is not running'
    const data =
      seen.etcd.data === undefined ? 'no etcd data' : seen.restored ? `etcd data of ${seen.restored}` : 'etcd data'
    const aside = seen.aside.map((id) => `; /var/lib/etcd/saved-${id} has the previous data`)
    return `${name}: ${api}, ${data}${aside.join('')}`
  })
}

/**
 * Giving up must leave a cluster where there was one. Throws UserError where etcd's data was moved aside and nothing has taken
 * its place. Pure.
 */
export function refuseWithoutData(found: readonly Found[], ids: readonly string[]): void {
  const planes = found.flatMap(({ name, role, look: seen }) =>
    role === 'control-plane' && seen ? [{ name, seen }] : [],
  )
  if (planes.length === 0)
    throw new UserError('no control plane responds, so the state of the cluster is unknown', 'check that they are up')
  const moved = planes.filter(({ seen }) => seen.aside.some((id) => ids.includes(id)))
  const holds = planes.some(
    ({ seen }) =>
      (seen.api === 'ok' && seen.etcd.healthy) || (seen.restored !== undefined && ids.includes(seen.restored)),
  )
  if (moved.length === 0 || holds) return
  throw new UserError(
    `etcd's data of ${moved.map(({ name }) => name).join(', ')} was moved to a backup directory and not replaced: giving up now would leave no cluster`,
    'continue it, or run `provision restore FILE` or `provision rebuild --from FILE` with another archive; --empty creates an empty cluster',
  )
}

/** What is left where, for the operator to keep or to remove. */
function keptText(found: readonly Found[], ids: readonly string[]): string[] {
  const aside = found.flatMap(({ name, look: seen }) =>
    (seen?.aside ?? [])
      .filter((id) => ids.includes(id))
      .map((id) => `  ${name}: /var/lib/etcd/saved-${id}, /var/lib/provision/saved/${id}`),
  )
  return aside.length === 0 ? [] : ['Previous data is kept', ...aside]
}
