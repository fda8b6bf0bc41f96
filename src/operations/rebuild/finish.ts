import { type Archive, openArchive } from '../../archive/open.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { loadPlaybooks } from '../../playbook/load.ts'
import { withVars } from '../../playbook/restrict.ts'
import { allKept, containersText } from '../../rebuild/account.ts'
import { compareContainers } from '../../rebuild/containers.ts'
import type { Found } from '../../rebuild/diagnose.ts'
import { othersOn } from '../../rebuild/world.ts'
import { shipped } from '../../shipped.ts'
import { keepKubeconfig } from '../../state/kubeconfig.ts'
import { type RebuildState, removeRebuildState, writeRebuildState } from '../../state/rebuild.ts'
import { encodeUndertaking, type Part } from '../../transport/undertaking.ts'
import { type Comparison, comparisonText, isWhole, readComparison } from '../../views/comparison.ts'
import { styleFor } from '../../views/style.ts'
import { keysFor } from '../backup/keys.ts'
import { endOnHosts } from '../ending.ts'
import { execute } from '../execute.ts'
import type { GlobalOptions } from '../options.ts'
import { say, streamOf } from '../output.ts'
import { clusterPlaybooks } from '../playbooks.ts'
import { resetPlaybooks } from '../reset.ts'
import { restoreCluster } from '../restoring.ts'
import { ofRebuild } from '../unfinished.ts'
import { look, without } from './look.ts'
import { part } from './save.ts'

const command = 'provision rebuild'

interface Built {
  readonly exitCode: number
  readonly comparison?: Comparison | undefined
}

/** What follows once everything is saved; what a call after one that was cut off begins with. Returns the exit code. */
export async function finish(
  whole: Inventory,
  state: RebuildState,
  found: readonly Found[],
  options: GlobalOptions,
  opened?: Archive,
): Promise<number> {
  const undertaking = partOf(state, found)
  const silent = silentOf(found)
  const inventory = without(whole, silent)
  const built =
    state.kind === 'empty'
      ? await beginAnew(inventory, state, undertaking, options)
      : state.kind === 'repair'
        ? await repair(inventory, state, undertaking, options)
        : await putInPlace(inventory, state, undertaking, opened ?? (await savedArchive(whole, state)), options)
  const kept = await tell(whole, state, built, options)
  if (silent.length > 0)
    say(
      options,
      `\nSkipped: ${silent.join(', ')}. Skipped control planes still hold the previous cluster: run provision rebuild when they return`,
    )
  const lossless = built.comparison === undefined ? state.kind === 'empty' : isWhole(built.comparison)
  if (built.exitCode === 0 && lossless) {
    if (!(await endRebuild(whole, state, found, options))) return 1
    if (state.archive) say(options, `The archive is kept: ${state.archive.file}`)
  }
  return built.exitCode !== 0 ? built.exitCode : lossless && kept ? 0 : 1
}

/** What every run of a rebuild is a part of; in place of what hosts remember of others, which the operator has agreed to. */
export function partOf(state: RebuildState, found: readonly Found[]): Part {
  const own = ofRebuild(state)
  return { ...own, instead: othersOn(found, undefined).words.filter((word) => word !== encodeUndertaking(own)) }
}

/**
 * Nothing is left to go on with, here and on the hosts. Of a rebuild that has not changed anything what stood still is set in
 * motion. False where hosts did not answer; they and the journal are kept then.
 */
export async function endRebuild(
  whole: Inventory,
  state: RebuildState,
  found: readonly Found[],
  options: GlobalOptions,
): Promise<boolean> {
  const givenUp = state.stage === 'saving' ? [state.id] : []
  const left = await endOnHosts(without(whole, silentOf(found)), { command, givenUp }, options)
  if (left.length === 0) removeRebuildState(whole)
  else
    say(
      options,
      `\nStill recorded as unfinished on ${left.join(', ')}: run \`provision rebuild\` again when they respond`,
    )
  return left.length === 0
}

/** Names of hosts that did not say what is left of them. */
function silentOf(found: readonly Found[]): string[] {
  return found.filter((host) => host.look === undefined).map((host) => host.name)
}

/** Objects and containers of before and after, and whether all that was to be left alone was. */
async function tell(whole: Inventory, state: RebuildState, built: Built, options: GlobalOptions): Promise<boolean> {
  const style = styleFor(streamOf(options))
  if (built.comparison !== undefined) say(options, `\n${comparisonText(built.comparison, style)}`)
  if (state.kind === 'empty' || built.exitCode !== 0) return true
  const workers = whole.hosts.filter((host) => host.role === 'worker').map((host) => host.name)
  const kept = compareContainers(state.before, await look(whole, options), workers)
  say(options, `\n${containersText(kept, style)}`)
  return allKept(kept)
}

/** The archive of an earlier call, as whole as it was then. Throws UserError. */
async function savedArchive(inventory: Inventory, state: RebuildState): Promise<Archive> {
  if (state.archive === undefined) throw new TypeError('the rebuild has saved no archive')
  const { file } = state.archive
  const archive = await openArchive(file, await keysFor(inventory, file), inventory.cluster)
  if (archive.sha256 === state.archive.sha256) return archive
  throw new UserError(
    `${state.archive.file} is not the archive of the rebuild that began ${state.begunAt}`,
    'put that archive back, or set another with --from FILE',
  )
}

/** The control planes anew, from the archive. */
function putInPlace(
  inventory: Inventory,
  state: RebuildState,
  undertaking: Part,
  archive: Archive,
  options: GlobalOptions,
): Promise<Built> {
  const around = { before: part('software', inventory, {}), after: part('clean-up', inventory, { rebuild: state.id }) }
  return restoreCluster(inventory, archive, { undertaking, command, ...around }, options)
}

/** The software put right around a control plane that serves, and the objects compared nonetheless. */
async function repair(
  inventory: Inventory,
  state: RebuildState,
  undertaking: Part,
  options: GlobalOptions,
): Promise<Built> {
  const playbooks = [
    ...part('keys', inventory, { rebuild: state.id }),
    ...part('software', inventory, {}),
    ...clusterPlaybooks(inventory),
    ...restorePart('compare', state.id),
    ...part('clean-up', inventory, { rebuild: state.id }),
  ]
  const work = { command, mode: 'apply' as const, undertaking, inventory, playbooks, selected: inventory.hosts }
  const { summary, outputs } = await execute(work, options)
  const compared = [...(outputs.get('comparison')?.values() ?? [])][0]
  return { exitCode: summary.exitCode, comparison: compared === undefined ? undefined : readComparison(compared) }
}

/** Nothing is kept: hosts as before they were nodes, and then a cluster. */
async function beginAnew(
  inventory: Inventory,
  state: RebuildState,
  undertaking: Part,
  options: GlobalOptions,
): Promise<Built> {
  if (state.stage !== 'cleared') {
    const selected = inventory.hosts.filter((host) => host.state === 'up')
    const aside = part('displace', inventory, { rebuild: state.id })
    const reset = resetPlaybooks(inventory, selected, { packages: false, named: true, removed: true })
    const { summary } = await execute(
      { command, mode: 'apply', undertaking, inventory, playbooks: [...aside, ...reset], selected },
      options,
    )
    if (summary.exitCode !== 0) return { exitCode: summary.exitCode }
    writeRebuildState(inventory, { ...state, stage: 'cleared' })
  }
  const playbooks = [...part('software', inventory, {}), ...clusterPlaybooks(inventory)]
  const { summary, outputs } = await execute(
    { command, mode: 'apply', undertaking, inventory, playbooks, selected: inventory.hosts },
    options,
  )
  keepKubeconfig(inventory, outputs)
  return { exitCode: summary.exitCode }
}

function restorePart(name: string, id: string) {
  const file = shipped(`playbooks/restore/${name}.yaml`)
  return loadPlaybooks([file]).map((playbook) => withVars(playbook, { restore: id }))
}
