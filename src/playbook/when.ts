import { type Problem, type SourceRef, UserError } from '../errors.ts'
import type { Path } from '../yaml/document.ts'
import { valueText } from '../yaml/value.ts'
import { find, type Scope } from './lookup.ts'
import type { When } from './playbook.ts'

/** Whether a task's `when` holds. Throws UserError where it names something unknown or compares what cannot be equal. */
export function holds(when: When | undefined, scope: Scope, locate: (path: Path) => SourceRef): boolean {
  const problems: Problem[] = []
  const matches = (conditions: When, base: Path): boolean[] =>
    Object.entries(conditions)
      .filter(([path]) => path !== 'not')
      .map(([path, expected]) => matchesOne(path, expected, scope, locate([...base, path]), problems))
  const positive = matches(when ?? {}, ['when'])
  const negative = matches((when?.not ?? {}) as When, ['when', 'not'])
  if (problems.length > 0) throw new UserError(problems)
  return positive.every(Boolean) && !negative.some(Boolean)
}

function matchesOne(path: string, expected: unknown, scope: Scope, source: SourceRef, problems: Problem[]): boolean {
  const found = find(path, scope)
  if (!('value' in found)) {
    problems.push({ message: found.message.replace(/^\$\{(.*?)\}/, 'when $1'), source, hint: found.hint })
    return false
  }
  const value = found.value ?? null
  const wanted = Array.isArray(expected) ? expected : [expected]
  const odd = wanted.find((one) => value !== null && one !== null && typeof one !== typeof value)
  if (odd !== undefined) {
    const kind = typeof value === 'string' ? 'text' : `a ${typeof value}`
    const quoted = typeof value === 'string' && typeof odd === 'number'
    const hint = quoted ? `quote it: "${String(odd)}"` : `compare it with ${kind}; its value is ${valueText(value)}`
    problems.push({ message: `when: ${path} is ${kind} and never equals ${valueText(odd)}`, source, hint })
    return false
  }
  return wanted.includes(value)
}
