import type { Problem } from '../errors.ts'
import type { z } from '../zod.ts'
import type { Path, YamlDocument } from './document.ts'
import { descriptionAt } from './schema-walk.ts'
import { pathText } from './value.ts'

export type Issue = z.core.$ZodIssue

/** A problem and the path, from the document's root, of what is wrong. */
export interface LocatedProblem extends Problem {
  readonly path: Path
}

/** What is being checked. */
export interface Context {
  readonly schema: z.core.$ZodType
  readonly document: YamlDocument
  /** Where the schema's root stands in the document. */
  readonly base: Path
  readonly data: unknown
  /** The part of `base` that messages name. */
  readonly named: Path
  readonly hint: string | undefined
}

/** A setting that must be there and is not. */
export function missing(path: Path, context: Context): LocatedProblem {
  const key = path.at(-1)
  const parent = path.slice(0, -1)
  const where = parent.length === 0 && context.named.length === 0 ? '' : ` in ${label(parent, context)}`
  const description = descriptionAt(context.schema, path)
  const hint = description === undefined ? `add ${key}` : `add ${key}: ${description}`
  return at(`${key} is missing${where}`, parent, context, hint, 'key')
}

/** The message a schema's author wrote; undefined where it is zod's own. */
export function ownMessage(issue: Issue, ownPrefix = 'Invalid'): string | undefined {
  return issue.message.startsWith(ownPrefix) || issue.message.startsWith('Unrecognized') ? undefined : issue.message
}

/** A problem from a schema's own message, which may bring its hint after a newline. */
export function problem(
  text: string,
  path: Path,
  context: Context,
  part: 'key' | 'value' = 'value',
  fallback?: string,
): LocatedProblem {
  const [message, hint] = text.split('\n', 2)
  return at(`${label(path, context)} ${message}`, path, context, hint ?? fallback ?? describedHint(path, context), part)
}

/** What the schema says the setting is for. */
export function describedHint(path: Path, context: Context): string {
  const description = descriptionAt(context.schema, path)
  const last = path.at(-1)
  const key = typeof last === 'string' ? last : ''
  if (description !== undefined) return key === '' ? description : `${key}: ${description}`
  return context.hint ?? `correct ${key === '' ? 'it' : key}`
}

/** What messages call the path. */
export function label(path: Path, context: Context): string {
  return pathText([...context.named, ...path]) || 'the file'
}

export function at(
  message: string,
  path: Path,
  context: Context,
  hint: string,
  part: 'key' | 'value' = 'value',
): LocatedProblem {
  const full = [...context.base, ...path]
  return { message, source: context.document.locate(full, part), hint, path: full }
}
