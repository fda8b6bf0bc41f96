import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import { loadInventory } from '../inventory/load.ts'
import { out } from '../screen.ts'
import { kubeconfigPath } from './keep-kubeconfig.ts'
import type { GlobalOptions } from './options.ts'

/** The kubeconfig that the last run fetched. */
export function registerKubeconfig(program: Command): void {
  program
    .command('kubeconfig')
    .option('--path', 'print where the file is instead of what is in it', false)
    .summary("print the cluster's kubeconfig")
    .description('Prints the admin kubeconfig that the last run fetched. It opens everything: keep it to yourself.')
    .addHelpText('after', '\nExample:\n  export KUBECONFIG="$(provision kubeconfig --path)"\n')
    .action(async (own: { path: boolean }, command: Command) => {
      const inventory = loadInventory(command.optsWithGlobals<GlobalOptions>().inventory, 'reach')
      const path = kubeconfigPath(inventory)
      const content = await readFile(path, 'utf8').catch(() => {
        throw new UserError(`${path} is not there`, 'run `provision`, which fetches it')
      })
      out.data(own.path ? `${path}\n` : content)
    })
}
