import { readIfThere } from '../disk/denied.ts'
import { replaceFile } from '../disk/durable.ts'
import { UserError } from '../errors.ts'
import type { z } from '../zod.ts'

/** What to say of a file that is not of its schema. */
interface Damaged {
  /** What leaves such a file: `a rebuild`. */
  readonly by: string
  /** What to do then. */
  readonly hint: string
}

/**
 * What a file holds; undefined where there is none. Throws UserError where it cannot be read, and where it is not of the schema.
 */
export function readState<State>(path: string, schema: z.ZodType<State>, damaged: Damaged): State | undefined {
  const text = textOf(path)
  if (text === undefined) return undefined
  const state = parse(text, schema)
  if (state === undefined) throw new UserError(`${path} is not a valid record of ${damaged.by}`, damaged.hint)
  return state
}

/** What a file holds that can be found out again: undefined also where it is damaged. Throws UserError where it cannot be read. */
export function readCache<State>(path: string, schema: z.ZodType<State>): State | undefined {
  const text = textOf(path)
  return text === undefined ? undefined : parse(text, schema)
}

/** Keeps the value, mode 0600: whole and on disk when this returns, or the file is as it was. Throws an Error that names the file. */
export function writeState(path: string, value: unknown): void {
  replaceFile(path, `${JSON.stringify(value, null, 2)}\n`)
}

function textOf(path: string): string | undefined {
  try {
    return readIfThere(path)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${path} cannot be read: ${(error as Error).message}`, `inspect it with \`ls -ld ${path}\``)
  }
}

function parse<State>(text: string, schema: z.ZodType<State>): State | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
