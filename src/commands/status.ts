import type { Command } from 'commander'
import { archiveDirectory } from '../archive/place.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { json } from '../report/json.ts'
import { readLocal } from '../report/status/local.ts'
import { type AskedHost, readStatus } from '../report/status/read.ts'
import { statusText } from '../report/status/screen.ts'
import { styleFor } from '../report/style.ts'
import { mistakesOf } from '../run/identity.ts'
import { out } from '../screen.ts'
import { shipped } from '../shipped.ts'
import { execute } from './execute.ts'
import { keptAuthorities } from './keep-kubeconfig.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'
import { stateDirectory } from './state.ts'

const playbook = shipped('playbooks/status.yaml')

/** How the cluster is: asked from every host, and from each control plane for itself, so that what is down hides nothing. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .summary('show what is wrong and what to do about it: control plane, nodes, pods, certificates, disks')
    .description(
      'Asks every host at once; changes and locks nothing. With --limit only the hosts it names, and the control planes: ' +
        '--limit role=control-plane is quick however large the cluster. ' +
        'Exit code 0: all is well; 1: something wants a look.',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>()
      const inventory = loadInventory(options.inventory, 'reach')
      const state = stateDirectory(inventory)
      const limited = new Set(selectHosts(inventory, options.limit).map((host) => host.name))
      const selected = inventory.hosts.filter((host) => host.role === 'control-plane' || limited.has(host.name))
      const { summary, outputs, greetings } = await execute(
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
      const hosts = askedHosts(inventory, selected, summary)
      const answered = (name: string) => hosts.some((host) => host.name === name && host.state === 'answered')
      const mistakes = mistakesOf(greetings, inventory, { nodes: 'make', kept: keptAuthorities(inventory) })
        .filter(({ host }) => answered(host))
        .map(({ problem: { message, hint }, warning }) => ({ message, hint, warning }))
      const status = readStatus({
        cluster: inventory.cluster,
        now: Date.now(),
        hosts,
        mistakes,
        hostAnswers: outputs.get('hostState') ?? new Map(),
        certificateAnswers: outputs.get('certificates') ?? new Map(),
        controlPlaneAnswers: outputs.get('controlPlaneState') ?? new Map(),
        expected: {
          nodes: inventory.hosts.filter((host) => host.state === 'up').map((host) => host.name),
          known: inventory.hosts.map((host) => host.name),
          version: `v${inventory.kubernetes.version}`,
        },
        local: readLocal(state, archiveDirectory(inventory, state)),
      })
      if (options.output === 'json') out.data(`${json(status)}\n`)
      else out.write(`${statusText(status, styleFor(out))}\n`)
      process.exitCode = summary.exitCode === 130 ? 130 : status.healthy ? 0 : 1
    })
}

/** How asking each host of the inventory went. */
export function askedHosts(inventory: Inventory, selected: readonly Host[], summary: RunSummary): AskedHost[] {
  return inventory.hosts.map(({ name, role, state }) => {
    if (state === 'down') return { name, role, state }
    if (!selected.some((host) => host.name === name)) return { name, role, state: 'not-asked' }
    const host = summary.hosts.find((each) => each.name === name)
    if (host?.outcome === 'converged') return { name, role, state: 'answered' }
    const failure = summary.failures.find((each) => each.host === name)
    const error = host?.error ?? failure?.log.trim() ?? host?.outcome
    const hint = host?.hint ?? failure?.hint
    return {
      name,
      role,
      state: host?.outcome === 'unreachable' ? 'unreachable' : 'failed',
      error: error || 'no word',
      hint,
    }
  })
}
