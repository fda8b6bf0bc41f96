import type { HostFacts } from '../host-facts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { z } from '../zod.ts'
import { readCache, writeState } from './json-file.ts'
import { statePaths } from './paths.ts'

const schema: z.ZodType<Readonly<Record<string, HostFacts>>> = z.record(
  z.string(),
  z.object({
    family: z.enum(['debian', 'el']),
    id: z.string(),
    version: z.string(),
    codename: z.string(),
    arch: z.enum(['amd64', 'arm64']),
  }),
)

/** What hosts were when they were last contacted, by name; none where nothing is known. */
export function lastSeen(inventory: Inventory): Readonly<Record<string, HostFacts>> {
  return readCache(statePaths(inventory).facts, schema) ?? {}
}

/** Notes what hosts were found to be, for programs to be looked at without contacting them. */
export function keepFacts(inventory: Inventory, seen: Readonly<Record<string, HostFacts>>): void {
  writeState(statePaths(inventory).facts, { ...lastSeen(inventory), ...seen })
}

/** The facts alone of what may know more. */
export function factsOf({ family, id, version, codename, arch }: HostFacts): HostFacts {
  return { family, id, version, codename, arch }
}
