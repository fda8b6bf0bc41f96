import { UserError } from '../errors.ts'
import { findingsText } from '../rebuild/account.ts'
import { type Found, findingsOf } from '../rebuild/diagnose.ts'
import { type Begun, begunText, type Change } from '../rebuild/world.ts'
import type { Undertaking } from '../transport/undertaking.ts'
import { styleFor } from '../views/style.ts'
import type { GlobalOptions } from './options.ts'
import { say, streamOf } from './output.ts'

/**
 * Shows what was begun, what has become of the hosts since, and what else has not ended there (`others`, a line each). Returns
 * what does not fit what was begun: see {@link refuseDoubts}.
 */
export function showBegun(
  begun: Begun,
  changes: readonly Change[],
  found: readonly Found[],
  others: readonly string[],
  options: GlobalOptions,
): string[] {
  const now = Date.now()
  say(options, findingsText({ findings: findingsOf(found, now) }, styleFor(streamOf(options))))
  say(options, `\n${[begunText(begun, changes, now), ...others].join('\n')}`)
  return [...changes.filter((each) => each.contradicts).map(({ host, text }) => `${host} ${text}`), ...others]
}

/**
 * What was noted does not fit what is there: --yes, which may stand in a script, does not answer for that. Throws UserError where
 * nobody is asked.
 */
export function refuseDoubts(
  doubts: readonly string[],
  verb: Undertaking['verb'],
  force: boolean,
  options: GlobalOptions,
): void {
  if (!options.yes || force || doubts.length === 0) return
  throw new UserError(
    doubts.map((message) => ({
      message,
      hint: `--yes is not sufficient here: add --force, or run \`provision ${verb} --abandon\` to give up what has not ended`,
    })),
  )
}
