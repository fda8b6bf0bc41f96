import { z } from 'zod'
import type { Problem } from '../errors.ts'
import type { Path, YamlDocument } from './document.ts'
import { descriptionAt, formsAt, keysAt, schemasAt } from './schema-walk.ts'
import { nearest, suggestion } from './suggest.ts'
import { pathText, valueAt, valueText } from './value.ts'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

/** What may follow a schema's own message, after a newline, is the hint. */
export function withHint(message: string, hint: string): string {
  return `${message}\n${hint}`
}

/** A problem and the path, from the document's root, of what is wrong. */
export interface LocatedProblem extends Problem {
  readonly path: Path
}

export interface ValidateOptions {
  /** What to check instead of what stands in the document. */
  readonly data?: unknown
  /** How many leading segments of the path messages leave out. */
  readonly unnamed?: number
  /** The hint where neither the schema nor the mistake itself suggests one. */
  readonly hint?: string
}

/**
 * Checks the data at `path` of a document. Gives the value with its defaults, or a problem for everything that is
 * wrong with it: where it stands, and what to do.
 */
export function validate<Value>(
  schema: z.ZodType<Value>,
  document: YamlDocument,
  path: Path = [],
  options: ValidateOptions = {},
): { readonly value?: Value; readonly problems: readonly LocatedProblem[] } {
  const data = 'data' in options ? options.data : valueAt(document.data, path)
  const result = schema.safeParse(data)
  if (result.success) return { value: result.data, problems: [] }
  const context: Context = {
    schema,
    document,
    base: path,
    data,
    named: path.slice(options.unnamed ?? 0),
    hint: options.hint,
  }
  return { problems: result.error.issues.flatMap((issue) => explain(issue, [], context)) }
}

interface Context {
  readonly schema: Schema
  readonly document: YamlDocument
  /** Where the schema's root stands in the document. */
  readonly base: Path
  readonly data: unknown
  /** The part of `base` that messages name. */
  readonly named: Path
  readonly hint: string | undefined
}

function explain(issue: Issue, prefix: Path, context: Context): LocatedProblem[] {
  const path = [...prefix, ...(issue.path as (string | number)[])]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, context))
    case 'invalid_key':
      return issue.issues.slice(0, 1).map((inner) => problem(ownMessage(inner) ?? inner.message, path, context, 'key'))
    case 'invalid_union':
      return explainUnion(issue, path, context)
    case 'invalid_type':
      return [wrongType(issue, path, context)]
    case 'invalid_value':
      return [wrongChoice(issue.values.map(String), ownMessage(issue), path, context)]
    case 'too_small':
      if (
        issue.origin === 'string' ||
        issue.origin === 'array' ||
        issue.origin === 'record' ||
        issue.origin === 'map'
      ) {
        return [problem(ownMessage(issue, 'Too small') ?? 'must not be empty', path, context)]
      }
      return [problem(ownMessage(issue, 'Too small') ?? `must be at least ${issue.minimum}`, path, context)]
    case 'too_big':
      return [problem(ownMessage(issue, 'Too big') ?? `must be at most ${issue.maximum}`, path, context)]
    default:
      return [problem(ownMessage(issue, 'Invalid') ?? 'is not valid', path, context)]
  }
}

function unknownKey(key: string, path: Path, context: Context): LocatedProblem {
  const known = keysAt(context.schema, path)
  const full = [...path, key]
  if (known.includes(key)) {
    const form = formsAt(context.schema, path).find((keys) => keys.includes(key)) ?? []
    const present = Object.keys((valueAt(context.data, path) as object | undefined) ?? {})
    const others = present.filter((other) => !form.includes(other))
    const beside = others.length > 0 ? others.join(' and ') : 'the other settings here'
    return at(
      `${label(full, context)} cannot be combined with ${beside}`,
      full,
      context,
      'keep only one of them',
      'key',
    )
  }
  if (key === '<<') return at('merge keys (<<) are not supported', full, context, 'write the settings out', 'key')
  const where = path.length === 0 && context.named.length === 0 ? '' : ` in ${label(path, context)}`
  return at(`unknown setting ${key}${where}`, full, context, suggestion(key, known), 'key')
}

function explainUnion(issue: Issue & { code: 'invalid_union' }, path: Path, context: Context): LocatedProblem[] {
  const value = valueAt(context.data, path)
  if (value === undefined) return [missing(path, context)]
  const custom = ownMessage(issue)
  const fitting = issue.errors.filter(
    (option) =>
      !option.some((inner) => inner.path.length === 0 && ['invalid_type', 'invalid_value'].includes(inner.code)),
  )
  if (fitting.length === 0) {
    if (custom !== undefined) return [problem(custom, path, context)]
    const choices = issue.errors.flatMap((option) => option.flatMap(expectations))
    return [wrongChoice(choices, undefined, path, context)]
  }
  const least = Math.min(...fitting.map((option) => option.length))
  const best = fitting.filter((option) => option.length === least)
  const lacking = best.map((option) => option.flatMap((inner) => missingKey(inner, path, context) ?? []))
  const rest = (best[0] ?? []).filter((inner) => missingKey(inner, path, context) === undefined)
  const problems = rest.flatMap((inner) => explain(inner, path, context))
  if (best.length === 1 || lacking.some((keys) => keys.length !== 1)) {
    return (best[0] ?? []).flatMap((inner) => explain(inner, path, context))
  }
  const keys = [...new Set(lacking.flat())].join(', ')
  return [at(`${label(path, context)} needs one of ${keys}`, path, context, `add one of ${keys}`), ...problems]
}

function missingKey(issue: Issue, path: Path, context: Context): string | undefined {
  const inner = issue.path as (string | number)[]
  const gone = inner.length === 1 && valueAt(context.data, [...path, ...inner]) === undefined
  return gone ? String(inner[0]) : undefined
}

function expectations(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code === 'invalid_type' && issue.path.length === 0) return [typeNames[issue.expected] ?? issue.expected]
  return []
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

function wrongType(issue: Issue & { code: 'invalid_type' }, path: Path, context: Context): LocatedProblem {
  const value = valueAt(context.data, path)
  if (value === undefined) return missing(path, context)
  const written = context.document.written([...context.base, ...path])
  const got = valueText(value, written)
  const message = ownMessage(issue) ?? `must be ${typeNames[issue.expected] ?? issue.expected}, not ${got}`
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
  if (path.length === 0 && context.base.length === 0) return 'write settings, one a line: NAME: VALUE'
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

function wrongChoice(
  choices: readonly string[],
  custom: string | undefined,
  path: Path,
  context: Context,
): LocatedProblem {
  const value = valueAt(context.data, path)
  if (value === undefined) return missing(path, context)
  const written = context.document.written([...context.base, ...path])
  const distinct = [...new Set(choices)]
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

function missing(path: Path, context: Context): LocatedProblem {
  const key = path.at(-1)
  const parent = path.slice(0, -1)
  const where = parent.length === 0 && context.named.length === 0 ? '' : ` in ${label(parent, context)}`
  const description = descriptionAt(context.schema, path)
  const hint = description === undefined ? `add ${key}` : `add ${key}: ${description}`
  return at(`${key} is missing${where}`, parent, context, hint, 'key')
}

/** The message a schema's author wrote; undefined where it is zod's own. */
function ownMessage(issue: Issue, ownPrefix = 'Invalid'): string | undefined {
  return issue.message.startsWith(ownPrefix) || issue.message.startsWith('Unrecognized') ? undefined : issue.message
}

function problem(
  text: string,
  path: Path,
  context: Context,
  part: 'key' | 'value' = 'value',
  fallback?: string,
): LocatedProblem {
  const [message, hint] = text.split('\n', 2)
  return at(`${label(path, context)} ${message}`, path, context, hint ?? fallback ?? describedHint(path, context), part)
}

function describedHint(path: Path, context: Context): string {
  const description = descriptionAt(context.schema, path)
  const last = path.at(-1)
  const key = typeof last === 'string' ? last : ''
  if (description !== undefined) return key === '' ? description : `${key}: ${description}`
  return context.hint ?? `correct ${key === '' ? 'it' : key}`
}

function label(path: Path, context: Context): string {
  return pathText([...context.named, ...path]) || 'the file'
}

function at(
  message: string,
  path: Path,
  context: Context,
  hint: string,
  part: 'key' | 'value' = 'value',
): LocatedProblem {
  const full = [...context.base, ...path]
  return { message, source: context.document.locate(full, part), hint, path: full }
}
