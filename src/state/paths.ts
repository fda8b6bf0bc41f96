import { dirname, join } from 'node:path'
import type { Inventory } from '../inventory/inventory.ts'

/** Where everything of a cluster is kept on this machine: beside its inventory. */
export function stateDirectory(inventory: Inventory): string {
  return join(dirname(inventory.file), '.provision', inventory.cluster)
}
