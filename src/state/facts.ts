import { join } from 'node:path'
import { readIfThere } from '../disk/denied.ts'
import { replaceFile } from '../disk/durable.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { stateDirectory } from './paths.ts'

/** What hosts were when they were last contacted, by name; none where nothing is known. */
export function lastSeen(inventory: Inventory): Readonly<Record<string, HostFacts>> {
  const text = readIfThere(path(inventory))
  try {
    return JSON.parse(text ?? '{}') as Record<string, HostFacts>
  } catch {
    return {}
  }
}

/** Notes what hosts were found to be, for programs to be looked at without contacting them. */
export function keepFacts(inventory: Inventory, seen: Readonly<Record<string, HostFacts>>): void {
  replaceFile(path(inventory), `${JSON.stringify({ ...lastSeen(inventory), ...seen }, null, 2)}\n`)
}

/** The facts alone of what may know more. */
export function factsOf({ family, id, version, codename, arch }: HostFacts): HostFacts {
  return { family, id, version, codename, arch }
}

function path(inventory: Inventory): string {
  return join(stateDirectory(inventory), 'facts.json')
}
