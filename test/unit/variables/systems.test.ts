import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '../../../src/catalogue/load.ts'
import { type System, systemOf, systemRefusal } from '../../../src/catalogue/systems.ts'
import { compileProgram, librariesOf } from '../../../src/compile/compile.ts'
import { compiling } from '../../../src/compile/load.ts'
import type { HostFacts } from '../../../src/host-facts.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { clusterPlaybooks } from '../../../src/operations/playbooks.ts'
import { loadPrelude } from '../../../src/shell/load.ts'
import { hostSystem } from '../../../src/variables/system.ts'

interface Named {
  readonly id: string
  readonly version: string
  readonly system?: string
  readonly state: System['state'] | 'none'
}

const names = parse(readFileSync(new URL('systems.yaml', import.meta.url), 'utf8')) as Named[]
const inventory = readInventory(
  'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.21, role: worker }\n',
  'hosts.yaml',
)

function factsOf(row: System, arch: 'amd64' | 'arm64'): HostFacts {
  return { family: row.family, id: row.id, version: row.version, codename: row.codename, arch }
}

describe('a host that says', () => {
  it.each(names)('$id $version is $system: $state', (name) => {
    const row = systemOf(name, catalogue.systems)
    expect([row?.name, row?.state ?? 'none']).toEqual([name.system, name.state])
    const known = systemRefusal(name, catalogue.systems, 'known')
    const any = systemRefusal(name, catalogue.systems, 'any')
    expect(known === undefined).toBe(name.state === 'supported')
    expect(any === undefined).toBe(name.state !== 'refused')
    if (known !== undefined) expect(known).toContain('What to do: ')
  })

  it('more than one thing is told by the first row alone', () => {
    const keys = catalogue.systems.map((row) => `${row.id} ${row.version}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

const playbooks = clusterPlaybooks(inventory)
const rows = catalogue.systems.flatMap((row) => (['amd64', 'arm64'] as const).map((arch) => ({ row, arch })))

function programOf(row: System, arch: 'amd64' | 'arm64', name: string): { text: string; told: string } {
  const facts = factsOf(row, arch)
  const host = inventory.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(name)
  const how = compiling(inventory, playbooks)
  const plan = how.plan(host, facts)
  const input = {
    ...how.compileInput(host, facts, {}),
    values: {},
    generate: () => 'abcdef.0123456789abcdef',
    clockOffset: 0,
    isSecret: () => false,
    absent: () => [],
  }
  const prelude = loadPrelude(facts.family, librariesOf(plan.tasks))
  const { text } = compileProgram(plan, plan.tasks, { mode: 'apply', prelude, id: 'x' }, input)
  const told = plan.tasks
    .filter((task) => ['package', 'repository', 'preflight', 'download'].includes(task.module))
    .map((task) => JSON.stringify({ [task.module]: task.args }))
  return { text, told: told.join('\n') }
}

describe('the whole program of a control plane', () => {
  it.each(rows)('compiles for $row.name on $arch', ({ row, arch }) => {
    const { text } = programOf(row, arch, 'cp1')
    const parsed = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' })
    expect([parsed.status, parsed.stderr]).toEqual([0, ''])
  })

  it('has what differs between systems as before', async () => {
    const told = rows.map(({ row, arch }) => `## ${row.name}, ${arch}\n${programOf(row, arch, 'w1').told}\n`)
    await expect(told.join('\n')).toMatchFileSnapshot('systems.txt')
  })
})

describe('modules of the kernel that runs', () => {
  it.each(catalogue.systems.filter((row) => row.family === 'el'))('come before other packages on $name', (row) => {
    const { text } = programOf(row, 'amd64', 'w1')
    const steps = [...text.matchAll(/^step (t\d+) /gm)].map((match) => match[1])
    const first = (pattern: RegExp) => steps.indexOf(pattern.exec(text)?.[1] as string)
    const modules = first(/^(t\d+)_apply\(\) \{\neval install_network_modules/m)
    expect(modules).toBeGreaterThan(0)
    expect(modules).toBeLessThan(first(/^(t\d+)_apply\(\) \{\ninstall_packages /m))
  })
})

/** Kubelet settings and the control groups a host must have. */
it.each([
  ['', 'v2'],
  ['kubernetes: { kubelet: { failCgroupV1: false } }\n', 'any'],
  ['kubernetes: { kubelet: { failCgroupV1: true } }\n', 'v2'],
])('with %j control groups must be %s', (settings, cgroup) => {
  const own = readInventory(
    `cluster: lab\n${settings}hosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n`,
    'x',
  )
  const facts: HostFacts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' }
  expect(hostSystem(own, facts, catalogue).cgroup).toBe(cgroup)
})
