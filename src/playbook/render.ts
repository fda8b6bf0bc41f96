import ejs from 'ejs'
import { type SourceRef, UserError } from '../errors.ts'
import { suggestion } from '../yaml/suggest.ts'
import { valueText } from '../yaml/value.ts'
import type { Scope } from './lookup.ts'

/** Every host renders the same templates: each is compiled once. By file, with the text it was compiled from. */
const compiled = new Map<string, { readonly text: string; readonly run: ejs.TemplateFunction }>()

/**
 * Text of an EJS template. `<%= %>` prints text, numbers and booleans as they are: nothing is HTML here. Throws
 * UserError with the template's line where a value is missing, a name unknown or the template itself broken.
 */
export function render(text: string, file: string, scope: Scope): string {
  const known = compiled.get(file)
  const run = known?.text === text ? known.run : compile(text, file)
  compiled.set(file, { text, run })
  try {
    return run({ json, ...scope })
  } catch (error) {
    throw failure(error as Error, text, file, scope)
  }
}

/** Compiles a template, for its mistakes. Throws UserError. */
export function compile(text: string, file: string): ejs.TemplateFunction {
  refuseRaw(text, file)
  try {
    return ejs.compile(text, { escape: print, filename: file, compileDebug: true })
  } catch (error) {
    throw broken(error as Error, text, file)
  }
}

/** What templates call to print a list or a map: JSON is YAML and, for plain text, TOML too. */
function json(value: unknown, indent?: number): string | undefined {
  return JSON.stringify(value, null, indent)
}

class Unprintable extends Error {}

function print(value: unknown): string {
  if (value === undefined || value === null) throw new Unprintable('has no value')
  if (typeof value === 'object' || typeof value === 'function') throw new Unprintable(`is ${valueText(value)}`)
  return String(value)
}

/** `<%-` would print nothing at all for what is missing. */
function refuseRaw(template: string, file: string): void {
  const offset = template.indexOf('<%-')
  if (offset === -1) return
  throw new UserError({
    message: '<%- %> is not supported',
    source: position(template, file, offset),
    hint: 'write <%= %>, which does not escape',
  })
}

function broken(error: Error, template: string, file: string): UserError {
  const message = error.message.split(/ in | while compiling/)[0] ?? error.message
  const open = [...template.matchAll(/<%(?!%)/g)].find((match) => !template.slice(match.index).includes('%>'))
  const source = position(template, file, open?.index ?? 0)
  return new UserError({
    message: `the template does not compile: ${message}`,
    source,
    hint: 'close every <% with %>, and every { with }',
  })
}

function failure(error: Error, template: string, file: string, scope: Scope): UserError {
  const line = Number(/^.*:(\d+)\n/.exec(error.message)?.[1] ?? 1)
  const message = error.message.slice(error.message.lastIndexOf('\n\n') + 1).trim()
  const { expression, column } = tagOf(template, line)
  const source: SourceRef = { file, line, column }
  if (error instanceof Unprintable) {
    const hint = message === 'has no value' ? 'set a value, or omit the line when it has none' : 'print it with json(…)'
    return new UserError({ message: `${expression} ${message}`, source, hint })
  }
  const unknown = /^(\w+) is not defined$/.exec(message)?.[1]
  if (unknown !== undefined) {
    return new UserError({
      message: `${unknown} does not exist`,
      source,
      hint: suggestion(unknown, Object.keys(scope)),
    })
  }
  return new UserError({
    message: `${expression}: ${message}`,
    source,
    hint: 'check the values of this path: one is missing or has another type',
  })
}

/** The tag that stands in a line; of several only where the first is. */
function tagOf(template: string, line: number): { expression: string; column: number } {
  const text = template.split('\n')[line - 1] ?? ''
  const tags = [...text.matchAll(/<%=?\s*(.*?)\s*-?%>/g)]
  const expression = tags.length === 1 ? (tags[0]?.[1] ?? 'a value') : 'a value in this line'
  return { expression, column: (tags[0]?.index ?? 0) + 1 }
}

function position(template: string, file: string, offset: number): SourceRef {
  const before = template.slice(0, offset).split('\n')
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
