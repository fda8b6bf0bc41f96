import { type Problem, type SourceRef, UserError } from '../errors.ts'
import type { Path } from '../yaml/document.ts'
import { suggestion } from '../yaml/suggest.ts'
import { valueText } from '../yaml/value.ts'

export type Scope = Readonly<Record<string, unknown>>

/** Finds where a piece of the value that is being filled in stands. */
export type Locate = (path: Path) => SourceRef

const lookup = /\$?\$\{([^}]*)\}/g

/**
 * A value with every `${a.b}` in its strings looked up in the scope. A string that is only one `${…}` becomes what
 * it names, of whatever type; `$${` stands for a plain `${`. Throws UserError, with all that is wrong, where a path
 * leads nowhere.
 */
export function fillIn(value: unknown, scope: Scope, locate: Locate): unknown {
  const problems: Problem[] = []
  const filled = fill(value, [], { scope, locate, problems })
  if (problems.length > 0) throw new UserError(problems)
  return filled
}

interface Filling {
  readonly scope: Scope
  readonly locate: Locate
  readonly problems: Problem[]
}

function fill(value: unknown, path: Path, filling: Filling): unknown {
  if (typeof value === 'string') return fillText(value, path, filling)
  if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index], filling))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key], filling)])
  return Object.fromEntries(entries)
}

function fillText(text: string, path: Path, filling: Filling): unknown {
  const whole = /^\$\{([^}]*)\}$/.exec(text)
  if (whole !== null) return take(whole[1] ?? '', path, filling)
  return text.replaceAll(lookup, (match, dotted: string) => {
    if (match.startsWith('$$')) return match.slice(1)
    const value = take(dotted, path, filling)
    if (typeof value !== 'object') return String(value)
    const message = `\${${dotted}} is ${valueText(value)} and cannot be part of a text`
    filling.problems.push({ message, source: filling.locate(path), hint: 'use it alone, or name a value in it' })
    return ''
  })
}

function take(dotted: string, path: Path, filling: Filling): unknown {
  const found = find(dotted.trim(), filling.scope)
  if ('value' in found && found.value !== undefined && found.value !== null) return found.value
  const problem =
    'value' in found
      ? { message: `\${${dotted}} has no value on this host`, hint: 'set a value, or skip the task with when' }
      : found
  filling.problems.push({ ...problem, source: filling.locate(path) })
  return ''
}

/** The value at a dotted path; or, where the path leads nowhere, why. A known setting without a value is undefined. */
export function find(
  dotted: string,
  scope: Scope,
): { readonly value: unknown } | { readonly message: string; readonly hint: string } {
  if (dotted === 'outputs' || dotted.startsWith('outputs.')) {
    return {
      message: `\${${dotted}}: values of other hosts are not known before the run`,
      hint: 'use outputs.NAME in a template of a task with needs',
    }
  }
  let value: unknown = scope
  const parts = dotted.split('.')
  for (const [index, part] of parts.entries()) {
    if (typeof value !== 'object' || value === null) {
      const parent = parts.slice(0, index).join('.')
      return {
        message: `\${${dotted}}: ${parent} is ${valueText(value)}, which has no ${part}`,
        hint: `use ${parent} itself`,
      }
    }
    if (!Object.hasOwn(value, part))
      return {
        message: `\${${dotted}}: ${parts.slice(0, index + 1).join('.')} does not exist`,
        hint: lost(part, value, index),
      }
    value = (value as Record<string, unknown>)[part]
  }
  return { value }
}

function lost(part: string, holder: object, depth: number): string {
  const shell = depth === 0 && /^[A-Z_][A-Z0-9_]*$/.test(part) ? `; for a shell variable write $${part}` : ''
  return suggestion(part, Object.keys(holder)) + shell
}
