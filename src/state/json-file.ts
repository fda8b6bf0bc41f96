import { readIfThere } from '../disk/denied.ts'
import { UserError } from '../errors.ts'
import type { Undertaking } from '../transport/undertaking.ts'
import type { z } from '../zod.ts'

/**
 * What a restore or rebuild that was begun has noted on this machine; undefined where there is no such file. Throws UserError
 * where it cannot be read, and where it is not of the schema: `hint` says what to do then.
 */
export function readJournalFile<State>(
  file: string,
  schema: z.ZodType<State>,
  verb: Undertaking['verb'],
  hint: string,
): State | undefined {
  let text: string | undefined
  try {
    text = readIfThere(file)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`, `\`ls -ld ${file}\` shows what it is`)
  }
  if (text === undefined) return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new UserError(`${file} is not what a ${verb} leaves`, hint)
  }
}
