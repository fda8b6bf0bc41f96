import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { mistakesOf } from '../run/identity.ts'
import { out } from '../screen.ts'
import { keptAuthorities } from '../state/kubeconfig.ts'
import { statePaths } from '../state/paths.ts'
import { readLocal } from '../status/parse/local.ts'
import { type AskedHost, readStatus } from '../status/read.ts'
import { statusText } from '../status/view.ts'
import { json } from '../views/json.ts'
import { styleFor } from '../views/style.ts'
import type { GlobalOptions } from './options.ts'
import { query } from './query.ts'

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
      error: error || 'no response',
      hint,
    }
  })
}

/** Asks all hosts and shows what wants a look. Returns the exit code. */
export async function status(options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const limited = new Set(selectHosts(inventory, options.limit).map((host) => host.name))
  const selected = inventory.hosts.filter((host) => host.role === 'control-plane' || limited.has(host.name))
  const { summary, outputs, greetings } = await query(
    { inventory, playbook: 'queries/status', hosts: selected },
    options,
  )
  const hosts = askedHosts(inventory, selected, summary)
  const answered = (name: string) => hosts.some((host) => host.name === name && host.state === 'answered')
  const mistakes = mistakesOf(greetings, inventory, { nodes: 'make', kept: keptAuthorities(inventory) })
    .filter(({ host }) => answered(host))
    .map(({ problem: { message, hint }, warning }) => ({ message, hint, warning }))
  const found = readStatus({
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
    local: readLocal(statePaths(inventory)),
  })
  if (options.output === 'json') out.data(`${json(found)}\n`)
  else out.write(`${statusText(found, styleFor(out))}\n`)
  return summary.exitCode === 130 ? 130 : found.healthy ? 0 : 1
}
