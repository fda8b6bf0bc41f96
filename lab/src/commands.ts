import { out } from '../../src/screen.ts'
import { table } from '../../src/views/table.ts'
import { labDown } from './down.ts'
import type { LabSettings } from './model.ts'
import { progressOn } from './progress.ts'
import { labStatus } from './status.ts'
import { switchHosts } from './switch.ts'
import { labUp } from './up.ts'

export async function up(name: string, wanted: Partial<LabSettings> & { readonly addons?: boolean }): Promise<void> {
  const { file } = await labUp(name, wanted, progressOn(out))
  print(`\nThe hosts are in ${file}. Make a cluster of them with\n  provision --inventory ${file}\n`)
}

export async function down(name: string): Promise<void> {
  if (!(await labDown(name, progressOn(out)))) print(`there is no lab ${name}\n`)
}

export async function turn(verb: 'on' | 'off', name: string, hosts: readonly string[]): Promise<void> {
  await progressOn(out).step(`turn ${verb} ${hosts.join(', ') || 'all hosts'}`, () =>
    switchHosts(name, hosts, verb === 'on'),
  )
}

export async function showStatus(name: string): Promise<void> {
  const status = await labStatus(name)
  if (!status) return print(`there is no lab ${name}\n`)
  const rows = status.hosts.map(({ host, state }) => [host.name, host.address, host.role, host.system, state])
  print(`${table(['host', 'address', 'role', 'system', 'state'], rows).join('\n')}\n`)
  print(`\ninventory  ${status.inventory}\npackages   ${status.packages}\nregistry   ${status.registry}\n`)
}

function print(text: string): void {
  out.write(text)
}
