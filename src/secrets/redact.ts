import { secretBeginnings, secretPatterns } from './patterns.ts'

/** Takes secrets out of whatever leaves the engine. */
export interface Redactor {
  /** From now on this is a secret. Known ones and empty ones change nothing. */
  add(secret: string): void
  /** The text with every secret in it, in whatever shape, replaced. */
  text(text: string): string
  /** A copy of a plain value (an event, a record) with its texts redacted; everything else in it is left as it is. */
  event<T>(value: T): T
  holdsSecret(text: string): boolean
}

export const redacted = '[redacted]'

/** How a line ends that was cut on its host (`cut_lines` of prelude.sh): what stands before it may begin a secret. */
const cutMark = '…'
/** Characters of one regular expression: the time that its compilation takes grows faster than it does. */
const patternSize = 4096
/** So few characters of a secret, before such a mark, say nothing of it. */
const shortestBeginning = 3

/**
 * Fields of events that hold text, which alone is redacted. All others hold names and words that things are found by: a
 * secret that happens to be the name of a host must not make another host of it.
 */
export const textFields: ReadonlySet<string> = new Set([
  'command',
  'diff',
  'error',
  'file',
  'hint',
  'line',
  'log',
  'message',
  'title',
])

export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>(secrets)
  let patterns: readonly RegExp[] | undefined
  let begun: readonly string[] | undefined

  const compiled = (): readonly RegExp[] => {
    if (patterns !== undefined) return patterns
    // Longest first, so that a secret which contains another one goes as a whole.
    const sources = [...new Set([...known].flatMap(secretPatterns))].sort((a, b) => b.length - a.length)
    const groups: string[][] = []
    let room = 0
    for (const source of sources) {
      if (room < source.length) {
        groups.push([])
        room = patternSize
      }
      groups.at(-1)?.push(source)
      room -= source.length
    }
    patterns = groups.map((group) => new RegExp(group.join('|'), 'g'))
    return patterns
  }
  const beginnings = (): readonly string[] => {
    begun ??= [...new Set([...known].flatMap(secretBeginnings))]
    return begun
  }
  const text = (value: string): string =>
    cutEnds(
      compiled().reduce((rest, pattern) => rest.replace(pattern, redacted), value),
      beginnings,
    )
  const copy = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return textFields.has(key) ? text(value) : value
    if (Array.isArray(value)) return value.map((item) => copy(item, key))
    // A place in a file that the operator wrote.
    if (value === null || typeof value !== 'object' || key === 'source') return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, name)]))
  }

  return {
    add(secret) {
      if (known.has(secret)) return
      known.add(secret)
      patterns = undefined
      begun = undefined
    },
    text,
    event: <T>(value: T) => copy(value) as T,
    holdsSecret: (value) => compiled().some((pattern) => value.search(pattern) !== -1),
  }
}

/** The text with the beginnings of secrets replaced that stand at the end of lines which were cut. */
function cutEnds(text: string, beginnings: () => readonly string[]): string {
  if (!text.includes(cutMark)) return text
  return text
    .split('\n')
    .map((line) => {
      if (!line.endsWith(cutMark)) return line
      // Half a character is left of one that was cut in two.
      const kept = line.slice(0, -cutMark.length).replace(/\uFFFD{1,3}$/, '')
      const most = Math.max(0, ...beginnings().map((form) => overlap(kept, form)))
      return most < shortestBeginning ? line : `${kept.slice(0, kept.length - most)}${redacted}${cutMark}`
    })
    .join('\n')
}

/** With how many characters of `form` from its beginning the text ends. */
function overlap(text: string, form: string): number {
  let length = Math.min(text.length, form.length)
  while (length > 0 && !text.endsWith(form.slice(0, length))) length -= 1
  return length
}
