import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalogue } from '../src/catalogue/load.ts'
import { loadInventory } from '../src/inventory/load.ts'
import { inventoryFile } from '../src/lab/inventory.ts'
import { keyFiles } from '../src/lab/keys.ts'
import { loginUser } from '../src/lab/layer.ts'
import { type Lab, labFiles } from '../src/lab/model.ts'
import { loadLab } from '../src/lab/state.ts'
import { scopeOf } from '../src/plan/scope.ts'
import { loadTemplate, templateDirectory } from '../src/playbook/load.ts'
import { render } from '../src/playbook/render.ts'
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
 * Three hosts on which nothing has been done yet, all Debian 13 so that one script fits them, whatever there was before.
 * Throws when the lab cannot be made.
 */
export async function freshHosts(): Promise<Hosts> {
  const directory = await mkdtemp(join(tmpdir(), 'provision-bench-'))
  const log = join(directory, 'lab.log')
  await removeHosts(log)
  await run([provision, 'lab', 'up', '--name', name, '--systems', 'debian-13'], { log })
  const lab = await loadLab(name)
  if (!lab) throw new Error('the lab of the bench is not there')
  return { lab, inventory: inventoryFile(name), directory }
}

export async function removeHosts(log?: string): Promise<void> {
  await run([provision, 'lab', 'down', '--name', name], { log })
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
  await writeFile(join(place, 'probe.yaml'), probe(inventory))
  return place
}

function probe(file: string): string {
  const inventory = loadInventory(file)
  const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
  const template = loadTemplate('kubernetes/probe.yaml.ejs', [templateDirectory])
  return render(template.text, template.file, {
    ...scopeOf(inventory, inventory.hosts[0]!, facts, catalogue),
    absent: [],
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
