import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** The kubeconfig that the last run fetched. */
export function registerKubeconfig(program: Command): void {
  program
    .command('kubeconfig')
    .option('--path', 'print the path instead of the content', false)
    .summary("print the cluster's kubeconfig")
    .description('Prints the admin kubeconfig that the last run fetched. It grants full access; keep it private.')
    .addHelpText('after', '\nExamples:\n  export KUBECONFIG="$(provision kubeconfig --path)"\n')
    .action(async (own: { path: boolean }, command: Command) => {
      const { kubeconfig } = await import('../../operations/kubeconfig.ts')
      await kubeconfig(own.path, command.optsWithGlobals<GlobalOptions>())
    })
}
