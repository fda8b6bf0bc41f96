import { z } from '../zod.ts'

const system = z.strictObject({
  id: z.string(),
  version: z.string(),
  codename: z.string().default(''),
  name: z.string(),
  family: z.enum(['debian', 'el']),
  state: z.enum(['supported', 'unproven', 'refused']),
  tested: z.enum(['lab', 'stand-in', 'compiled']),
  why: z.string().optional(),
  way: z.string().optional(),
  docker: z.strictObject({ directory: z.string(), release: z.string() }).optional(),
  without: z.array(z.string()).default([]),
  more: z.array(z.string()).default([]),
  plugins: z.array(z.string()).default([]),
})

/** The schema of systems.yaml. A row that is not supported says why, and what to do. */
export const systemsSchema = z.array(
  system.refine((one) => (one.state === 'supported') === (one.why === undefined && one.way === undefined), {
    message: 'a system is supported, or says why it is not and what to do',
  }),
)

/** A row of systems.yaml. */
export type System = z.output<typeof system>

/** What of a host's facts names its system. */
export interface SystemName {
  readonly id: string
  /** os-release VERSION_ID */
  readonly version: string
}

/** The row of a system; undefined where this release knows none. */
export function systemOf(name: SystemName, systems: readonly System[]): System | undefined {
  return systems.find(
    (each) => each.id === name.id && (each.version === name.version || name.version.startsWith(`${each.version}.`)),
  )
}

/**
 * Why a host of this system is not made a node; undefined where it may be one.
 * @param wanted `any`: the inventory goes ahead with what nobody has tried
 */
export function systemRefusal(
  name: SystemName,
  systems: readonly System[],
  wanted: 'known' | 'any',
): string | undefined {
  const row = systemOf(name, systems)
  if (row?.state === 'supported' || (wanted === 'any' && row?.state !== 'refused')) return undefined
  if (row !== undefined) return `${row.name} is not supported: ${row.why}. What to do: ${row.way}`
  return (
    `${name.id} ${name.version} is none of the systems that this release knows (docs/reference/supported-systems.md). ` +
    'What to do: use one of those, or write `systems: any` in the inventory to go on with this one'
  )
}
