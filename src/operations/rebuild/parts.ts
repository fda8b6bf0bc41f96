import type { Inventory } from '../../inventory/inventory.ts'
import { checkPlaybooks } from '../../playbook/check.ts'
import { loadPlaybooks } from '../../playbook/load.ts'
import type { Playbook } from '../../playbook/playbook.ts'
import { withVars } from '../../playbook/restrict.ts'
import { shipped } from '../../shipped.ts'

/** A part of a rebuild with its vars. Throws UserError. */
export function part(name: string, inventory: Inventory, vars: Readonly<Record<string, unknown>>): Playbook[] {
  const playbooks = loadPlaybooks([shipped(`playbooks/rebuild/${name}.yaml`)]).map((playbook) =>
    withVars(playbook, vars),
  )
  checkPlaybooks(playbooks, inventory)
  return playbooks
}

/** A part of a restore, for the rebuild of this id. Throws UserError. */
export function restorePart(name: string, id: string): Playbook[] {
  const file = shipped(`playbooks/restore/${name}.yaml`)
  return loadPlaybooks([file]).map((playbook) => withVars(playbook, { restore: id }))
}
