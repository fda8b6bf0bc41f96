import { clean } from '../../views/style.ts'

/** Lines of a survey script: what it is about, then its fields. Text of a host: cleaned of what could redraw a screen. */
export interface Records {
  /** Fields of every line of this kind, in order. */
  readonly all: (kind: string) => readonly (readonly string[])[]
  /** The first field of the first line of this kind. */
  readonly one: (kind: string) => string | undefined
  readonly has: (kind: string) => boolean
}

/** Reads what a script of scripts/status printed: a fact a line, its fields separated by tabs. */
export function readRecords(text: string): Records {
  const kinds = new Map<string, string[][]>()
  for (const line of text.split('\n')) {
    const [kind = '', ...fields] = line.split('\t').map(clean)
    if (kind === '') continue
    const lines = kinds.get(kind)
    if (lines === undefined) kinds.set(kind, [fields])
    else lines.push(fields)
  }
  return {
    all: (kind) => kinds.get(kind) ?? [],
    one: (kind) => kinds.get(kind)?.[0]?.[0],
    has: (kind) => kinds.has(kind),
  }
}

/** A number that a host printed; undefined where it is none. */
export function numberIn(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** Whether it can be the name of a Kubernetes object or a member: names are put into commands that operators type. */
export function isName(text: string | undefined): boolean {
  return text !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)
}

/** Text as Go's %q writes it, without its quotes and escapes; control characters are dropped. */
export function unquote(text: string): string {
  const inner = /^"(.*)"$/s.exec(text)?.[1] ?? text
  return clean(
    inner.replaceAll(
      /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g,
      (_, byte?: string, short?: string, long?: string, plain = ' ') => {
        const code = Number.parseInt(byte ?? short ?? long ?? '', 16)
        if (Number.isNaN(code)) return 'abfnrtv'.includes(plain) ? ' ' : plain
        return code <= 0x10ffff ? String.fromCodePoint(code) : ''
      },
    ),
  )
}
