import type { Path } from './document.ts'

/** `hosts.w1.taints[0]`, as people write it. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const plain = /^[A-Za-z0-9_-]+$/.test(part)
    if (text === '') return plain ? part : `"${part}"`
    return plain ? `${text}.${part}` : `${text}."${part}"`
  }, '')
}

export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    return (value as Record<string | number, unknown>)[part]
  }, data)
}

/** What a value is, for "expected …, got …". `written` is how it stands in the file. */
export function valueText(value: unknown, written?: string): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)
  return `the ${typeof value} ${written ?? String(value)}`
}
