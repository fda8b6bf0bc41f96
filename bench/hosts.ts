import { copyFile, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { inventoryFile } from '../lab/src/inventory.ts'
import { keyFiles } from '../lab/src/keys.ts'
import { loginUser } from '../lab/src/layer.ts'
import { type Lab, labFiles } from '../lab/src/model.ts'
import { inside } from '../lab/src/power.ts'
import { loadLab } from '../lab/src/state.ts'
import { catalogue } from '../src/catalogue/load.ts'
import { loadInventory } from '../src/inventory/load.ts'
import { loadTemplate, templateDirectory } from '../src/playbook/load.ts'
import { render } from '../src/playbook/render.ts'
import { variablesOf } from '../src/variables/variables.ts'
import { run } from './measure.ts'

// A lab of its own beside the one that somebody may be using; it shares the cache.
const name = 'bench'
const root = join(import.meta.dirname, '..')
export const provision = join(root, 'bin/provision')

/** What a competitor is told of the hosts it is to work on. */
export interface Hosts {
  readonly lab: Lab
  readonly inventory: string
  /** A directory of this round: logs, and the files that bench/by-hand.sh reads. */
  readonly directory: string
}

/**
 * Hosts on which nothing has been done yet, three of them if not told otherwise, all Debian 13 so that one script fits them, whatever there was before.
 * Throws when the lab cannot be made.
 */
export async function freshHosts(count = 3, rate?: string): Promise<Hosts> {
  const directory = await mkdtemp(join(tmpdir(), 'provision-bench-'))
  const log = join(directory, 'lab.log')
  await removeHosts(log)
  await run([provision, 'lab', 'up', '--name', name, '--systems', 'debian-13', '--hosts', String(count)], { log })
  const lab = await loadLab(name)
  if (!lab) throw new Error('the lab of the bench is not there')
  if (rate) await narrowLinks(lab, rate, log)
  return { lab, inventory: inventoryFile(name), directory }
}

/** What hosts receive comes no faster than that, a rate as `tc` takes it: most links are slower than this machine's memory. */
async function narrowLinks({ bridge }: Lab, rate: string, log: string): Promise<void> {
  for (const port of await readdir(`/sys/class/net/${bridge}/brif`)) {
    const shape = ['root', 'tbf', 'rate', rate, 'burst', '256kb', 'latency', '100ms']
    await run(['tc', 'qdisc', 'replace', 'dev', port, ...shape], { log })
  }
}

export async function removeHosts(log?: string): Promise<void> {
  await run([provision, 'lab', 'down', '--name', name], { log })
}

/** When a node became Ready, by the cluster's own word, which has whole seconds; in milliseconds since 1970. */
export async function readySince({ lab }: Hosts, node: string): Promise<number> {
  const [first] = lab.hosts
  if (first === undefined) throw new Error('the lab has no control plane')
  const since = '{.status.conditions[?(@.type=="Ready")].lastTransitionTime}'
  const kubectl = [
    'kubectl',
    '--kubeconfig',
    '/etc/kubernetes/admin.conf',
    'get',
    'node',
    node,
    '-o',
    `jsonpath=${since}`,
  ]
  return Date.parse((await inside(first, ...kubectl)).stdout.trim())
}

/** Writes what bench/by-hand.sh reads; the probe and the network are the very ones that provision applies. */
export async function writeForScript({ lab, inventory, directory }: Hosts): Promise<string> {
  const place = join(directory, 'by-hand')
  await mkdir(place)
  const lines = lab.hosts.map((host) => `${host.name} ${loginUser(host)} ${host.address} ${host.role}\n`)
  await writeFile(join(place, 'hosts'), lines.join(''))
  await copyFile(keyFiles(name).identity, join(place, 'key'))
  await copyFile(keyFiles(name).sudoPassword, join(place, 'sudo-password'))
  await copyFile(join(labFiles, 'network/manifest.yaml'), join(place, 'network.yaml'))
  await writeFile(join(place, 'probe.yaml'), probe(inventory, 'probe', { absent: [] }))
  for (const { name: node } of lab.hosts) {
    await writeFile(join(place, `probe-${node}.yaml`), probe(inventory, 'probe-nodes', { nodes: [node] }))
  }
  return place
}

/** The inventory without some of its hosts; a file of this round. */
export async function inventoryWithout({ inventory, directory }: Hosts, ...names: readonly string[]): Promise<string> {
  const content = parse(await readFile(inventory, 'utf8')) as { hosts: Record<string, unknown> }
  for (const each of names) delete content.hosts[each]
  const file = join(directory, `without-${names.join('-')}.yaml`)
  await writeFile(file, stringify(content))
  return file
}

function probe(file: string, template: string, values: object): string {
  const inventory = loadInventory(file)
  const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
  const { text, file: from } = loadTemplate(`kubernetes/${template}.yaml.ejs`, [templateDirectory])
  return render(text, from, {
    ...variablesOf(inventory, inventory.hosts[0]!, facts, catalogue),
    ...values,
  })
}

/** The hosts as an Ansible inventory. */
export async function writeForAnsible({ lab, directory }: Hosts): Promise<string> {
  const { identity, sudoPassword } = keyFiles(name)
  const password = (await readFile(sudoPassword, 'utf8')).trim()
  const hosts = lab.hosts.map((host) => [
    host.name,
    {
      ansible_host: host.address,
      ansible_user: loginUser(host),
      ansible_ssh_private_key_file: identity,
      ...(host.login === 'sudo-password' ? { ansible_become_password: password } : {}),
    },
  ])
  const file = join(directory, 'ansible.json')
  await writeFile(file, JSON.stringify({ all: { hosts: Object.fromEntries(hosts) } }), { mode: 0o600 })
  return file
}
