import type { Inventory } from '../../inventory/inventory.ts'
import { checkPlaybooks } from '../../playbook/check.ts'
import type { Playbook } from '../../playbook/playbook.ts'
import { shippedPlaybook } from '../playbooks.ts'

/** A part of a rebuild with its vars. Throws UserError. */
export function part(name: string, inventory: Inventory, vars: Readonly<Record<string, unknown>>): Playbook[] {
  const playbooks = [shippedPlaybook(`rebuild/${name}`, vars)]
  checkPlaybooks(playbooks, inventory)
  return playbooks
}
