import { quoted } from '../clean.ts'
import { harmless, knownCauses } from './known-causes.ts'

/** What to do about a failure, from a host's own words: the last lines of its log. Undefined where nobody has written it down yet. */
export function hintFor(log: string): string | undefined {
  const text = log
    .split('\n')
    .filter((line) => !harmless.some((pattern) => pattern.test(line)))
    .join('\n')
  for (const { cause, with: also, hint } of knownCauses) {
    const match = cause.exec(text)
    if (match === null || (also !== undefined && !also.test(text))) continue
    return hint.replace(/\{(\w+)\}/g, (whole, name: string) => quoted(match.groups?.[name] ?? whole))
  }
  return undefined
}
