import { readIfThere } from '../disk/denied.ts'
import { UserError } from '../errors.ts'
import { loadInventory } from '../inventory/load.ts'
import { out } from '../screen.ts'
import { statePaths } from '../state/paths.ts'
import type { GlobalOptions } from './options.ts'

/** Prints the kubeconfig that the last run fetched, or where it is. Throws UserError where there is none. */
export async function kubeconfig(path: boolean, options: GlobalOptions): Promise<void> {
  const file = statePaths(loadInventory(options.inventory, 'reach')).kubeconfig
  const content = readIfThere(file)
  if (content === undefined) throw new UserError(`${file} does not exist`, 'run `provision` to fetch it')
  out.data(path ? `${file}\n` : content)
}
