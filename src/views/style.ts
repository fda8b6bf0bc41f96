import { clean } from '../clean.ts'
import { colourStyle, plainStyle, type Screen, type Style } from '../screen.ts'

export { clean } from '../clean.ts'
export { type Colour, colourStyle, plainStyle, type Style } from '../screen.ts'

/** What a screen bears: colours on a terminal that has them, unless NO_COLOR says otherwise. */
export function styleFor(screen: Screen): Style {
  return screen.isTTY && screen.hasColors() ? colourStyle : plainStyle
}

/** `0.4s`, `12s`, `3m 05s`, `1h 02m`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}

/** `640 B`, `12 kB`, `3.4 MB`, `2.1 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  if (bytes < 999_500_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}

/** The last lines of a log, indented. */
export function tail(text: string, lines: number, indent: string): string[] {
  const whole = clean(text).trimEnd()
  if (whole === '') return []
  return whole
    .split('\n')
    .slice(-lines)
    .map((line) => `${indent}${line}`.trimEnd())
}

/** Text of several lines as part of a line of ours: none of them begins where ours do. */
export function inset(text: string): string {
  return clean(text).replace(/\n(?=\S)/g, '\n    ')
}

/** `one thing`, `2 things`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
