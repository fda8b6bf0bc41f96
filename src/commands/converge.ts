import { join } from 'node:path'
import type { Command } from 'commander'
import { replaceFile } from '../disk/durable.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { execute, type Work } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { clusterPlaybooks } from './playbooks.ts'
import { stateDirectory } from './state.ts'

/** Makes the hosts what the inventory says: the command without a verb. */
export function registerConverge(program: Command): void {
  program.action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    process.exitCode = await converge(options)
  })
}

export async function converge(options: GlobalOptions): Promise<number> {
  const work = loadWork('provision', 'apply', options)
  const { summary, outputs } = await execute(work, options)
  const kubeconfig = [...(outputs.get('kubeconfig')?.values() ?? [])][0]
  if (kubeconfig !== undefined) await keepKubeconfig(work.inventory, kubeconfig)
  return summary.exitCode
}

/** The inventory's hosts and the playbooks of a cluster. Throws UserError with all that is wrong in any of them. */
export function loadWork(command: string, mode: Work['mode'], options: GlobalOptions): Work {
  const inventory = loadInventory(options.inventory)
  return {
    command,
    mode,
    inventory,
    playbooks: clusterPlaybooks(inventory),
    selected: selectHosts(inventory, options.limit),
  }
}

/** The cluster's kubeconfig on this machine. */
export function kubeconfigPath(inventory: Inventory): string {
  return join(stateDirectory(inventory), 'kubeconfig')
}

/** Keeps it for `provision kubeconfig`, for its owner alone; the one before is replaced at once or not at all. */
export async function keepKubeconfig(inventory: Inventory, content: string): Promise<void> {
  replaceFile(kubeconfigPath(inventory), content)
}
