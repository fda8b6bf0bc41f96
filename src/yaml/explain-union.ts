import type { Path } from './document.ts'
import { at, type Context, type Issue, type LocatedProblem, label, missing, ownMessage, problem } from './located.ts'
import { valueAt } from './value.ts'
import { expectations, wrongChoice } from './wrong-value.ts'

type Explain = (issue: Issue, prefix: Path, context: Context) => LocatedProblem[]

/** Of the forms a setting may take, explains what keeps the nearest from fitting. */
export function explainUnion(
  issue: Issue & { code: 'invalid_union' },
  path: Path,
  context: Context,
  explain: Explain,
): LocatedProblem[] {
  const value = valueAt(context.data, path)
  if (value === undefined) return [missing(path, context)]
  const custom = ownMessage(issue)
  const fitting = issue.errors.filter(
    (option) =>
      !option.some((inner) => inner.path.length === 0 && ['invalid_type', 'invalid_value'].includes(inner.code)),
  )
  if (fitting.length === 0) {
    if (custom !== undefined) return [problem(custom, path, context)]
    const choices = issue.errors.flatMap((option) => option.flatMap(expectations))
    return [wrongChoice(choices, undefined, path, context)]
  }
  // A form whose own keys are the written ones is meant, however much is wrong below them.
  const distance = (option: readonly Issue[]) => {
    const apart = option.filter(
      (inner) => inner.path.length === 0 || missingKey(inner, path, context) !== undefined,
    ).length
    return apart * 1000 + option.length
  }
  const least = Math.min(...fitting.map(distance))
  const best = fitting.filter((option) => distance(option) === least)
  const lacking = best.map((option) => option.flatMap((inner) => missingKey(inner, path, context) ?? []))
  const rest = (best[0] ?? []).filter((inner) => missingKey(inner, path, context) === undefined)
  const problems = rest.flatMap((inner) => explain(inner, path, context))
  if (best.length === 1 || lacking.some((keys) => keys.length !== 1)) {
    return (best[0] ?? []).flatMap((inner) => explain(inner, path, context))
  }
  const keys = [...new Set(lacking.flat())].join(', ')
  return [at(`${label(path, context)} needs one of ${keys}`, path, context, `add one of ${keys}`), ...problems]
}

function missingKey(issue: Issue, path: Path, context: Context): string | undefined {
  const inner = issue.path as (string | number)[]
  const gone = inner.length === 1 && valueAt(context.data, [...path, ...inner]) === undefined
  return gone ? String(inner[0]) : undefined
}
