import type { z } from '../zod.ts'
import type { Path, YamlDocument } from './document.ts'
import { explainUnion } from './explain-union.ts'
import { at, type Context, type Issue, type LocatedProblem, label, ownMessage, problem } from './located.ts'
import { formsAt, keysAt } from './schema-walk.ts'
import { suggestion } from './suggest.ts'
import { valueAt } from './value.ts'
import { wrongChoice, wrongType } from './wrong-value.ts'

/** What may follow a schema's own message, after a newline, is the hint. */
export function withHint(message: string, hint: string): string {
  return `${message}\n${hint}`
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

function explain(issue: Issue, prefix: Path, context: Context): LocatedProblem[] {
  const path = [...prefix, ...(issue.path as (string | number)[])]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, context))
    case 'invalid_key':
      return issue.issues.slice(0, 1).map((inner) => problem(ownMessage(inner) ?? inner.message, path, context, 'key'))
    case 'invalid_union':
      return explainUnion(issue, path, context, explain)
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
    const beside = others.length > 0 ? others.join(' and ') : 'the other settings at this place'
    return at(
      `${label(full, context)} cannot be combined with ${beside}`,
      full,
      context,
      'keep only one of them',
      'key',
    )
  }
  if (key === '<<') return at('merge keys (<<) are not supported', full, context, 'write all settings in full', 'key')
  const where = path.length === 0 && context.named.length === 0 ? '' : ` in ${label(path, context)}`
  return at(`unknown setting ${key}${where}`, full, context, suggestion(key, known), 'key')
}
