import { UserError } from '../../errors.ts'
import { loadInventory } from '../../inventory/load.ts'
import type { Wishes } from '../../rebuild/diagnose.ts'
import { readRebuildState } from '../../state/rebuild.ts'
import { type GlobalOptions, refuseLimit } from '../options.ts'
import { runStages } from '../stages.ts'
import { refuseUnfinished } from '../unfinished.ts'
import { agree, judge, resume } from './begin.ts'
import { build } from './build.ts'
import type { RebuildStage } from './call.ts'
import { compare, end } from './end.ts'
import { look } from './look.ts'
import { save } from './save.ts'

/** An interrupted rebuild begins again with the first: `resume` reads from `.provision` which of them are done. */
const stages: readonly RebuildStage[] = [resume, judge, agree, save, build, compare, end]

/** Builds the control planes again from what is left of the cluster, or from an archive. Returns the exit code. Throws UserError. */
export async function rebuild(wishes: Wishes, options: GlobalOptions): Promise<number> {
  refuseWishes(wishes, options)
  const whole = loadInventory(options.inventory)
  await refuseUnfinished(whole, 'rebuild')
  const earlier = readRebuildState(whole)
  const found = await look(whole, options)
  const { exitCode = 0 } = await runStages(stages, {}, { wishes, options, whole, earlier, found, now: Date.now() })
  return exitCode
}

function refuseWishes(wishes: Wishes, options: GlobalOptions): void {
  refuseLimit('rebuild', options, 'remove --limit: all hosts take part; state: down skips a host')
  if (wishes.empty && wishes.from !== undefined)
    throw new UserError('--empty cannot be used with --from', 'omit --empty to rebuild from the archive')
}
