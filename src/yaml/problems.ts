import type { Problem } from '../errors.ts'

/** In the order of the file, each once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems
    .filter((problem) => {
      const key = `${problem.source?.file}:${problem.source?.line}:${problem.source?.column} ${problem.message}`
      const known = seen.has(key)
      seen.add(key)
      return !known
    })
    .sort(
      (a, b) =>
        (a.source?.file ?? '').localeCompare(b.source?.file ?? '') ||
        (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
        (a.source?.column ?? 0) - (b.source?.column ?? 0),
    )
}
