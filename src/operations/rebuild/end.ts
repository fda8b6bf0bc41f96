import type { Inventory } from '../../inventory/inventory.ts'
import { allKept, containersText } from '../../rebuild/account.ts'
import { compareContainers } from '../../rebuild/containers.ts'
import type { Found } from '../../rebuild/diagnose.ts'
import { othersOn } from '../../rebuild/world.ts'
import { type RebuildState, removeRebuildState } from '../../state/rebuild.ts'
import { encodeUndertaking, type Part } from '../../transport/undertaking.ts'
import { comparisonText, isWhole } from '../../views/comparison.ts'
import { styleFor } from '../../views/style.ts'
import { endOnHosts } from '../ending.ts'
import type { GlobalOptions } from '../options.ts'
import { say, streamOf } from '../output.ts'
import { known } from '../stages.ts'
import { ofRebuild } from '../unfinished.ts'
import type { RebuildStage } from './call.ts'
import { look, without } from './look.ts'

/** Shows objects and containers of before and after. */
export const compare: RebuildStage = async (progress, { whole, found, options }) => {
  const style = styleFor(streamOf(options))
  const { exitCode, comparison } = known(progress.built, 'result')
  const { kind, before } = known(progress.journal, 'journal')
  if (comparison !== undefined) say(options, `\n${comparisonText(comparison, style)}`)
  let kept = true
  if (kind !== 'empty' && exitCode === 0) {
    const workers = whole.hosts.filter((host) => host.role === 'worker').map((host) => host.name)
    const containers = compareContainers(before, await look(whole, options), workers)
    say(options, `\n${containersText(containers, style)}`)
    kept = allKept(containers)
  }
  const silent = silentOf(found)
  if (silent.length > 0)
    say(
      options,
      `\nSkipped: ${silent.join(', ')}. Skipped control planes still hold the previous cluster: run provision rebuild when they return`,
    )
  return { ...progress, kept }
}

/** Ends the rebuild, here and on the hosts, where nothing was lost. */
export const end: RebuildStage = async (progress, { whole, found, options }) => {
  const { exitCode, comparison } = known(progress.built, 'result')
  const journal = known(progress.journal, 'journal')
  const lossless = comparison === undefined ? journal.kind === 'empty' : isWhole(comparison)
  if (exitCode !== 0) return { ...progress, exitCode }
  if (!lossless) return { ...progress, exitCode: 1 }
  if (!(await endRebuild(whole, journal, found, options))) return { ...progress, exitCode: 1 }
  if (journal.archive) say(options, `The archive is kept: ${journal.archive.file}`)
  return { ...progress, exitCode: progress.kept ? 0 : 1 }
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
  const left = await endOnHosts(without(whole, silentOf(found)), { command: 'provision rebuild', givenUp }, options)
  if (left.length === 0) removeRebuildState(whole)
  else
    say(
      options,
      `\nStill recorded as unfinished on ${left.join(', ')}: run \`provision rebuild\` again when they respond`,
    )
  return left.length === 0
}

/** Names of hosts that did not say what is left of them. */
export function silentOf(found: readonly Found[]): string[] {
  return found.filter((host) => host.look === undefined).map((host) => host.name)
}
