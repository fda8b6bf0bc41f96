import { fileURLToPath } from 'node:url'
import type { Inventory } from '../inventory/inventory.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { withHooks } from '../playbook/hooks.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { clusterPlaybooks } from './playbooks.ts'

/** Where the parts of a restore have their place among the phases of a cluster. */
const places = [
  ['before', 'control plane', 'control-plane'],
  ['before', 'join control planes', 'workers'],
  ['after', 'verify', 'compare'],
] as const

/**
 * The playbooks that make a cluster out of an archive, on whatever is there: hosts installed anew, or what is left of the
 * cluster. All hosts of the inventory that are up take part. Run in apply mode with the archive's tar uploaded to the first
 * control plane that is up as {@link archivePath}(id); the output `comparison` of that host is what
 * {@link import('../report/comparison.ts').readComparison} reads. Killed anywhere, the same `id` again goes on; a new id
 * starts over from its archive, with what is there then moved aside. Throws UserError.
 */
export function restorePlaybooks(inventory: Inventory, id: string): Playbook[] {
  const source = { file: inventory.file, line: 1, column: 1 }
  const parts = places.map(([when, phase, name]) => {
    const run = fileURLToPath(new URL(`../../playbooks/restore/${name}.yaml`, import.meta.url))
    return { when, phase, run, source }
  })
  const named = (file: string) =>
    loadPlaybooks([file]).map((playbook) => ({ ...playbook, vars: { ...playbook.vars, restore: id } }))
  const playbooks = withHooks(clusterPlaybooks(inventory), parts, named)
  checkPlaybooks(playbooks, inventory)
  return playbooks
}

/** Where the archive's tar, decrypted, is to lie on the first control plane before its program runs. */
export function archivePath(id: string): string {
  return `/var/lib/provision/restore/${id}/archive.tar`
}
