import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { keepKubeconfig } from '../state/kubeconfig.ts'
import { execute, type Work } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { clusterPlaybooks } from './playbooks.ts'
import { refuseUnfinished } from './unfinished.ts'

/** Makes the hosts what the inventory says: the command without a verb. */
export async function converge(options: GlobalOptions): Promise<number> {
  const work = loadWork('provision', 'apply', options)
  await refuseUnfinished(work.inventory)
  const { summary, outputs } = await execute(work, options)
  keepKubeconfig(work.inventory, outputs)
  return summary.exitCode
}

/** The same programs in check mode: what would change, and nothing does. */
export async function plan(options: GlobalOptions): Promise<number> {
  return (await execute(loadWork('provision plan', 'check', options), options)).summary.exitCode
}

/** The inventory's hosts and the playbooks of a cluster. Throws UserError with all that is wrong in any of them. */
function loadWork(command: string, mode: Work['mode'], options: GlobalOptions): Work {
  const inventory = loadInventory(options.inventory)
  return {
    command,
    mode,
    nodes: 'make',
    inventory,
    playbooks: clusterPlaybooks(inventory),
    selected: selectHosts(inventory, options.limit),
  }
}
