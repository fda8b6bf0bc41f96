import { catalogue } from '../catalogue/load.ts'
import { loadInventory } from '../inventory/load.ts'
import { out } from '../screen.ts'
import { addonRows, addonsText } from '../views/addons.ts'
import { json } from '../views/json.ts'
import type { GlobalOptions } from './options.ts'
import { query } from './query.ts'

/** Shows what there is and what the cluster has. Returns the exit code. */
export async function addons(options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory)
  const selected = inventory.hosts.filter((host) => host.role === 'control-plane' && host.state === 'up')
  const { summary, outputs } = await query({ inventory, playbook: 'queries/addons', hosts: selected }, options)
  const answers = [...(outputs.get('addons')?.values() ?? [])]
  const answer = answers.find((text) => text.startsWith('answered'))
  const rows = addonRows(inventory, catalogue, answer)
  const answered = answer !== undefined
  if (options.output === 'json') out.data(`${json({ answered, addons: rows })}\n`)
  else out.write(`${addonsText(rows, answered)}\n`)
  return summary.exitCode === 130 ? 130 : answered ? 0 : 1
}
