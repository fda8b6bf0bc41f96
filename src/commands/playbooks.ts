import { fileURLToPath } from 'node:url'
import type { Inventory } from '../inventory/inventory.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { withHooks } from '../playbook/hooks.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'

const shipped = ['prepare', 'docker', 'kubernetes', 'verify']

/** The playbooks that make a cluster, in order, with the inventory's hooks in their places. Throws UserError. */
export function clusterPlaybooks(inventory: Inventory): Playbook[] {
  const files = shipped.map((name) => fileURLToPath(new URL(`../../playbooks/${name}.yaml`, import.meta.url)))
  const playbooks = withHooks(loadPlaybooks(files), inventory.hooks, (file) => loadPlaybooks([file]))
  checkPlaybooks(playbooks, inventory)
  return playbooks
}

/** Playbooks of the operator's own. Throws UserError. */
export function ownPlaybooks(files: readonly string[], inventory: Inventory): Playbook[] {
  const playbooks = loadPlaybooks(files)
  checkPlaybooks(playbooks, inventory)
  return playbooks
}
