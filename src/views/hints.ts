import { quoted } from '../clean.ts'
import type { Cause } from './causes/cause.ts'
import { harmless, knownCauses } from './known-causes.ts'

/** What to do about a failure, from a host's own words: the last lines of its log. Undefined where nobody has written it down yet. */
export function hintFor(log: string): string | undefined {
  const known = causeOf(log)
  const groups = known?.cause.exec(meant(log))?.groups
  return known?.hint.replace(/\{(\w+)\}/g, (whole, name: string) => quoted(groups?.[name] ?? whole))
}

/** The first known cause that matches a log. */
export function causeOf(log: string): Cause | undefined {
  const text = meant(log)
  return knownCauses.find(({ cause, with: also }) => cause.test(text) && (also === undefined || also.test(text)))
}

/** A log without its harmless lines. */
function meant(log: string): string {
  return log
    .split('\n')
    .filter((line) => !harmless.some((pattern) => pattern.test(line)))
    .join('\n')
}
