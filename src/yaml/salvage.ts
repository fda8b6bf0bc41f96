import type { z } from '../zod.ts'
import type { Path, YamlDocument } from './document.ts'
import { valueAt } from './value.ts'

/**
 * What is left of the data without its wrong parts, so that later checks can find what else is wrong in the same
 * reading. `standIns` take the place of wrong settings that a file cannot be without. Undefined where nothing useful
 * is left.
 */
export function salvage<Value>(
  schema: z.ZodType<Value>,
  document: YamlDocument,
  standIns: Readonly<Record<string, unknown>> = {},
): Value | undefined {
  if (typeof document.data !== 'object' || document.data === null) return undefined
  const data: Record<string, unknown> = structuredClone(document.data) as Record<string, unknown>
  for (let round = 0; round < 5; round += 1) {
    const result = schema.safeParse({ ...standIns, ...data })
    if (result.success) return result.data
    const wrong = result.error.issues.flatMap((issue) => {
      const path = issue.path as (string | number)[]
      return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path]
    })
    const targets = wrong.map((path) => present(data, path))
    if (targets.some((path) => path.length === 0)) return undefined
    for (const path of targets) remove(data, path)
  }
  return undefined
}

/**
 * What to take away: the path itself, or where nothing is there (something is missing), the nearest thing that should
 * hold it. Of a list all, as what is left would stand at other indices than in the file.
 */
function present(data: unknown, path: Path): Path {
  const list = path.findIndex((part) => typeof part === 'number')
  if (list > 0) return present(data, path.slice(0, list))
  const there = valueAt(data, path) !== undefined
  return there || path.length === 0 ? path : present(data, path.slice(0, -1))
}

function remove(data: unknown, path: Path): void {
  const holder = valueAt(data, path.slice(0, -1))
  if (typeof holder === 'object' && holder !== null) delete (holder as Record<string, unknown>)[path.at(-1) as string]
}
