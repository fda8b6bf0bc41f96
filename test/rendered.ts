import { catalogue } from '../src/catalogue/load.ts'
import { readInventory } from '../src/inventory/load.ts'
import { loadTemplate, templateDirectory } from '../src/playbook/load.ts'
import { render } from '../src/playbook/render.ts'
import { variablesOf } from '../src/variables/variables.ts'

/** One of our templates, as a control plane gets it that is alone in its cluster; with these sections of the inventory and these values beside it. */
export function renderedWith(sections: object, name: string, values: object = {}): string {
  const hosts = { cp1: { address: '10.0.0.11', role: 'control-plane' } }
  const inventory = readInventory(JSON.stringify({ cluster: 'x', hosts, ...sections }), 'hosts.yaml')
  const [host] = inventory.hosts
  if (host === undefined) throw new Error('there is a host in the inventory')
  const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
  const { text, file } = loadTemplate(name, [templateDirectory])
  return render(text, file, { ...variablesOf(inventory, host, facts, catalogue), ...values })
}
