import { z } from '../zod.ts'
import type { Path } from './document.ts'
import {
  at,
  type Context,
  describedHint,
  type Issue,
  type LocatedProblem,
  label,
  missing,
  ownMessage,
  problem,
} from './located.ts'
import { schemasAt } from './schema-walk.ts'
import { nearest } from './suggest.ts'
import { valueAt, valueText } from './value.ts'

/** What an issue about the value itself would have taken. */
export function expectations(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code === 'invalid_type' && issue.path.length === 0) return [typeNames.get(issue.expected) ?? issue.expected]
  return []
}

const typeNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
  }),
)

/** A value of the wrong type. */
export function wrongType(issue: Issue & { code: 'invalid_type' }, path: Path, context: Context): LocatedProblem {
  const value = valueAt(context.data, path)
  if (value === undefined) return missing(path, context)
  const written = context.document.written([...context.base, ...path])
  const got = valueText(value, written)
  const message = ownMessage(issue) ?? `must be ${typeNames.get(issue.expected) ?? issue.expected}, not ${got}`
  return at(
    `${label(path, context)} ${message}`,
    path,
    context,
    typeHint(issue.expected, value, written, path, context),
  )
}

function typeHint(expected: string, value: unknown, written: string | undefined, path: Path, context: Context): string {
  const key = String(path.at(-1) ?? 'value')
  if (value === null) return `write a value after ${key}:, or remove the line`
  const scalar = typeof value !== 'object'
  if (expected === 'string' && scalar) return textHint(written ?? String(value), key, path, context)
  if (expected === 'array' && scalar) return `write a list: ${key}: [${written ?? String(value)}]`
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d+$/.test(value)) {
    return `write it without quotes: ${key}: ${value}`
  }
  if (path.length === 0 && context.base.length === 0) return 'write settings, one per line: NAME: VALUE'
  if (expected === 'boolean') return `write ${key}: true or ${key}: false`
  return describedHint(path, context)
}

/** Quotes are enough where the text in them would do; otherwise what the schema has to say about the text. */
function textHint(text: string, key: string, path: Path, context: Context): string {
  for (const schema of schemasAt(context.schema, path)) {
    const result = z.safeParse(schema, text)
    const hint = result.error?.issues[0]?.message.split('\n', 2)[1]
    if (hint !== undefined) return hint
  }
  return `quote it: ${key}: "${text}"`
}

/** A value that is none of those there are. */
export function wrongChoice(
  choices: readonly string[],
  custom: string | undefined,
  path: Path,
  context: Context,
): LocatedProblem {
  const value = valueAt(context.data, path)
  if (value === undefined) return missing(path, context)
  const written = context.document.written([...context.base, ...path])
  // An empty text stands for the default; it need not be named.
  const distinct = [...new Set(choices)].filter((choice) => choice !== '')
  const expected = distinct.length === 1 ? distinct[0] : `one of ${distinct.join(', ')}`
  const message = custom ?? `must be ${expected}, not ${valueText(value, written)}`
  const match =
    typeof value === 'string'
      ? nearest(
          value,
          distinct.filter((choice) => !Object.values(typeNames).includes(choice)),
        )
      : undefined
  const hint = match === undefined ? `write ${distinct.join(' or ')}` : `did you mean ${match}?`
  return problem(message, path, context, 'value', hint)
}
