import { quoted } from '../clean.ts'
import { knownCauses } from './known-causes.ts'

/** What to do about a failure, from the last lines of its log; undefined where nobody has written it down yet. */
export function hintFor(log: string): string | undefined {
  for (const { cause, hint } of knownCauses) {
    const match = cause.exec(log)
    if (match) return hint.replace(/\{(\w+)\}/g, (whole, name: string) => quoted(match.groups?.[name] ?? whole))
  }
  return undefined
}
