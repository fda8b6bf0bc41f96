import { join } from 'node:path'
import type { Inventory } from '../inventory/inventory.ts'

/** Where a cluster's archives are on this machine. `state`: what is known of the cluster, `.provision/CLUSTER`. */
export function archiveDirectory({ backup }: Inventory, state: string): string {
  return backup.directory ?? join(state, 'backups')
}
