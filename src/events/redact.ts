import { secretPatterns } from './secret-forms.ts'

/** Takes secrets out of whatever leaves the engine. */
export interface Redactor {
  /** From now on this is a secret. Known ones and empty ones change nothing. */
  add(secret: string): void
  /** The text with every secret in it, in whatever shape, replaced. */
  text(text: string): string
  /** A copy of a plain value (an event, a record) with the text in it redacted; its words for machines are left alone. */
  event<T>(value: T): T
  holdsSecret(text: string): boolean
}

export const redacted = '[redacted]'

/** Fields that hold words of ours, never text of a host: a secret that happens to be such a word must not break them. */
const machineWords = new Set(['kind', 'status', 'result', 'stage', 'level', 'outcome', 'mode'])

export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Set<string>(secrets)
  let pattern: RegExp | undefined

  const compiled = (): RegExp => {
    if (pattern !== undefined) return pattern
    // Longest first, so that a secret which contains another one goes as a whole.
    const sources = [...new Set([...known].flatMap(secretPatterns))].sort((a, b) => b.length - a.length)
    pattern = sources.length === 0 ? /(?!)/g : new RegExp(sources.join('|'), 'g')
    return pattern
  }
  const text = (value: string): string => value.replace(compiled(), redacted)
  const copy = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return machineWords.has(key) ? value : text(value)
    if (Array.isArray(value)) return value.map((item) => copy(item, key))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copy(item, name)]))
  }

  return {
    add(secret) {
      if (known.has(secret)) return
      known.add(secret)
      pattern = undefined
    },
    text,
    event: <T>(value: T) => copy(value) as T,
    holdsSecret: (value) => value.search(compiled()) !== -1,
  }
}
