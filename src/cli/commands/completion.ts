import { Argument, type Command } from 'commander'
import { out } from '../../screen.ts'
import { complete } from '../complete.ts'
import { completionScripts, type Shell } from '../completion-scripts.ts'

/** Adds `completion SHELL`, and the hidden command that the shells ask. */
export function registerCompletion(program: Command): void {
  const shells = Object.keys(completionScripts) as Shell[]
  program
    .command('completion')
    .summary('print a shell completion script')
    .description('Completes commands, options and host names.')
    .addArgument(new Argument('<shell>', 'shell').choices(shells))
    .action((shell: Shell) => void out.data(completionScripts[shell]))
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const found = await complete(program, words, { hosts: hostNames })
      out.data(found === 'files' ? ':files\n' : found.map((line) => `${line}\n`).join(''))
    })
}

/** A file that cannot be read has no hosts to offer; it is not the moment to say so. */
async function hostNames(inventory = 'hosts.yaml'): Promise<string[]> {
  try {
    const { loadInventory } = await import('../../inventory/load.ts')
    return loadInventory(inventory, 'reach').hosts.map((host) => host.name)
  } catch {
    return []
  }
}
