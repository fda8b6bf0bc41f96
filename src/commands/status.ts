import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import { loadInventory } from '../inventory/load.ts'
import { isHealthy, readStatus, statusText } from '../report/status.ts'
import { styleFor } from '../report/style.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'

const playbook = fileURLToPath(new URL('../../playbooks/status.yaml', import.meta.url))

/** How the cluster is, asked from its control planes. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .summary('show nodes, versions, pods that are not ready, and certificate days left')
    .description(
      'Asks the control planes; changes and locks nothing. Exit code 0: all is well; 1: something wants a look.',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>()
      const inventory = loadInventory(options.inventory)
      const selected = inventory.hosts.filter((host) => host.role === 'control-plane')
      const { summary, outputs } = await execute(
        {
          command: 'provision status',
          mode: 'apply',
          observe: true,
          inventory,
          playbooks: ownPlaybooks([playbook], inventory),
          selected,
        },
        options,
      )
      const state = [...(outputs.get('clusterState')?.values() ?? [])][0]
      if (state === undefined) {
        const reasons = summary.hosts.map(
          (host) =>
            `${host.name}: ${host.error ?? summary.failures.find((one) => one.host === host.name)?.log ?? host.outcome}`,
        )
        throw new UserError(
          `no control plane answers\n${reasons.join('\n')}`,
          'run `provision` to build or mend the cluster',
        )
      }
      const up = inventory.hosts.filter((host) => host.state === 'up').map((host) => host.name)
      const status = readStatus(state, outputs.get('certificates') ?? new Map(), up, Date.now())
      const text = options.output === 'json' ? JSON.stringify(status) : statusText(status, styleFor(process.stdout))
      process.stdout.write(`${text}\n`)
      process.exitCode = isHealthy(status) ? 0 : 1
    })
}
