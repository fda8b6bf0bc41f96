import { catalogue } from '../catalogue/load.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { modules } from '../modules/index.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { withHooks } from '../playbook/hooks.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { rehearse } from '../playbook/rehearse.ts'
import { withVars } from '../playbook/restrict.ts'
import { shipped } from '../shipped.ts'
import { variablesOf } from '../variables/variables.ts'

/** Docker comes first where it is what the kubelet runs containers with, and otherwise keeps no node waiting. */
function namesFor({ runtime }: Inventory): readonly string[] {
  const docker = runtime.engine === 'docker' ? ['docker'] : []
  const nodes = runtime.cri === 'cri-dockerd' ? [...docker, 'kubernetes'] : ['kubernetes', ...docker]
  return [
    'detect',
    'first-boot',
    'existing-configuration',
    'proxy',
    'prepare',
    'names',
    ...nodes,
    'backup-timer',
    'addons',
    'helm',
    'completions',
    'verify',
    'verify-addons',
  ]
}

/** The playbooks that make a cluster, in order, with the inventory's hooks in their places. Throws UserError. */
export function clusterPlaybooks(inventory: Inventory): Playbook[] {
  const files = namesFor(inventory).map((name) => shipped(`playbooks/cluster/${name}.yaml`))
  const playbooks = withHooks(loadPlaybooks(files), inventory.hooks, (file) => loadPlaybooks([file]))
  checkPlaybooks(playbooks, inventory)
  // Ours are known to be right; a hook's may name what is not there.
  if (inventory.hooks.length > 0) rehearseAll(playbooks, inventory)
  return playbooks
}

/** A playbook that comes with this program, such as `nodes/add`, with vars of the command; not checked. Throws UserError. */
export function shippedPlaybook(name: string, vars: Readonly<Record<string, unknown>> = {}): Playbook {
  const [playbook] = loadPlaybooks([shipped(`playbooks/${name}.yaml`)]) as [Playbook]
  return withVars(playbook, vars)
}

/** Playbooks of the operator's own. Throws UserError. */
export function ownPlaybooks(files: readonly string[], inventory: Inventory): Playbook[] {
  const playbooks = loadPlaybooks(files)
  checkPlaybooks(playbooks, inventory)
  rehearseAll(playbooks, inventory)
  return playbooks
}

function rehearseAll(playbooks: readonly Playbook[], inventory: Inventory): void {
  const known = (host: Host, facts: HostFacts) => variablesOf(inventory, host, facts, catalogue)
  rehearse({ playbooks, inventory, modules, variablesOf: known })
}
