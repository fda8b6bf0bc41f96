import { UserError } from '../errors.ts'
import type { Undertaking } from '../transport/undertaking.ts'
import type { GlobalOptions } from './options.ts'

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
      hint: `--yes alone does not go on here: add --force, or run \`provision ${verb} --abandon\` to give up what has not ended`,
    })),
  )
}
