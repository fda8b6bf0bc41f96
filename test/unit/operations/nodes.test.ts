import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import { UserError } from '../../../src/errors.ts'
import type { HostOutcome, RunSummary } from '../../../src/events/run-event.ts'
import type { Host, Inventory } from '../../../src/inventory/inventory.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { modules } from '../../../src/modules/index.ts'
import { addition, afterwards, hostsToAdd } from '../../../src/operations/add.ts'
import { controlPlaneToAsk, nextControlPlane } from '../../../src/operations/control-plane-failover.ts'
import { checkRemoval } from '../../../src/operations/remove.ts'
import { expand } from '../../../src/playbook/expand.ts'
import { outputsOf } from '../../../src/playbook/outputs.ts'
import { variablesOf } from '../../../src/variables/variables.ts'

const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
const inventory = readInventory(
  `
cluster: lab
kubernetes: { endpoint: "k8s.example.com:6443" }
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  cp2: { address: 10.0.0.12, role: control-plane, state: down }
  cp3: { address: 10.0.0.13, role: control-plane }
  w1: { address: 10.0.0.21, role: worker, taints: ["gpu=true:NoSchedule"] }
  w2: { address: 10.0.0.22, role: worker, state: down }
`,
  'hosts.yaml',
)

function hosts(...names: string[]): Host[] {
  return inventory.hosts.filter((host) => names.includes(host.name))
}

function messages(work: () => unknown): string[] {
  try {
    work()
    return []
  } catch (error) {
    if (error instanceof UserError) return error.problems.map((problem) => `${problem.message}; ${problem.hint}`)
    throw error
  }
}

/** Who is added, who is asked, whom it passes over, and the phases that each host goes through. */
const additions: readonly {
  readonly added: readonly string[]
  readonly passedOver?: readonly string[]
  readonly asked: string
  /** A phase and those that run it; of all that run in neither of the two kinds of hosts. */
  readonly runs: Readonly<Record<string, readonly string[]>>
}[] = [
  {
    added: ['w1'],
    asked: 'cp1',
    runs: {
      prepare: ['w1'],
      join: ['w1'],
      'readmit nodes': ['cp1'],
      'join token': ['cp1'],
      'verify new nodes': ['cp1'],
      verify: [],
    },
  },
  {
    added: ['w1'],
    passedOver: ['cp1'],
    asked: 'cp3',
    runs: {
      prepare: ['w1'],
      join: ['w1'],
      'readmit nodes': ['cp3'],
      'join token': ['cp3'],
      'verify new nodes': ['cp3'],
      nodes: [],
    },
  },
  {
    // The first of the inventory, installed anew: it must never make a cluster of its own.
    added: ['cp1'],
    asked: 'cp3',
    runs: {
      prepare: ['cp1'],
      'control plane': [],
      'join control planes': ['cp1'],
      'verify new nodes': ['cp3'],
      join: [],
    },
  },
  {
    added: ['cp1', 'w1'],
    asked: 'cp3',
    runs: { 'control plane': [], 'join control planes': ['cp1'], join: ['w1'], 'certificate key': ['cp3'] },
  },
]

describe('what add runs', () => {
  it.each(additions)('$added, asking $asked', ({ added, passedOver = [], asked, runs }) => {
    const over = [...added, ...passedOver]
    const plane = controlPlaneToAsk(inventory, over)
    expect(plane.name).toBe(asked)
    const work = addition({ ...inventory, passedOver: over }, hosts(...added), plane)
    expect(work.selected.map((host) => host.name)).toEqual([asked, ...added])
    const phases = new Map<string, string[]>()
    for (const host of inventory.hosts.filter((each) => each.state === 'up')) {
      const extra = variablesOf(work.inventory, host, facts, catalogue)
      const tasks = expand({ playbooks: work.playbooks, inventory: work.inventory, host, facts, modules, extra })
      for (const phase of new Set(tasks.map((task) => task.phase))) {
        phases.set(phase, [...(phases.get(phase) ?? []), host.name])
      }
    }
    for (const [phase, names] of Object.entries(runs)) expect([phase, phases.get(phase) ?? []]).toEqual([phase, names])
    // Nobody but them is even named by a phase.
    const all = new Set([...phases.values()].flat())
    expect([...all].sort()).toEqual([asked, ...added].sort())
    const joined = outputsOf(work.playbooks, work.inventory).find((output) => output.name === 'joined')
    expect(joined?.hosts).toEqual(added)
    expect(work.scope?.named).toEqual(added)
    expect(work.scope?.phases).toContain('verify new nodes')
    expect(work.scope?.phases).not.toContain('prepare')
  })
})

it.each<[string[], string[]]>([
  [['w1'], []],
  [['w9'], ['host w9 is not in the inventory; did you mean w1?; add new hosts to']],
  [
    ['w2', 'cp9'],
    ['w2 has state: down', 'host cp9 is not in the inventory'],
  ],
])('hosts to add: %j', (given, problems) => {
  const found = messages(() => hostsToAdd(given, { ...inventory, file: '/hosts.yaml' }))
  expect(found).toHaveLength(problems.length)
  for (const problem of problems) expect(found.join('\n')).toContain(problem)
})

it.each<[string, Partial<Inventory['kubernetes']>, string[], boolean, string]>([
  ['a worker', {}, ['w1'], false, ''],
  ['a control plane of several', {}, ['cp3'], false, ''],
  ['one that nobody knows', {}, ['w9'], false, 'host w9 is not in the inventory'],
  ['one that only the cluster knows, and is gone', {}, ['w9'], true, ''],
  ['what is no name of a node', {}, ['w9;reboot'], true, 'host w9;reboot is not in the inventory'],
  ['one that is down', {}, ['w2'], false, 'w2 has state: down'],
  ['one that is down, and gone', {}, ['w2'], true, ''],
  ['all control planes', {}, ['cp1', 'cp2', 'cp3'], true, 'no control plane would remain'],
  [
    'the address of the endpoint',
    { endpoint: '10.0.0.13:6443' },
    ['cp3'],
    false,
    'kubernetes.endpoint is the address of',
  ],
  ['the name of the endpoint', { endpoint: 'cp3:6443' }, ['cp3'], true, 'kubernetes.endpoint is the address of'],
  ['the endpoint of IPv6', { endpoint: '[fd00::13]:6443' }, ['six'], false, 'kubernetes.endpoint is the address of'],
  [
    'the endpoint, written otherwise',
    { endpoint: '[fd00:0::13]:6443' },
    ['six'],
    false,
    'kubernetes.endpoint is the address of',
  ],
])('removing %s', (_, kubernetes, nodes, gone, reason) => {
  const six = hosts('w1').map((host) => ({ ...host, name: 'six', address: 'fd00::13' }))
  const changed = {
    ...inventory,
    hosts: [...inventory.hosts, ...six],
    kubernetes: { ...inventory.kubernetes, ...kubernetes },
  }
  const found = messages(() => checkRemoval(nodes, changed, gone))
  expect(found.length).toBe(reason === '' ? 0 : 1)
  expect(found[0] ?? '').toContain(reason)
})

it.each<[HostOutcome, string[], string | undefined]>([
  ['changed', [], undefined],
  ['failed', [], undefined],
  ['unreachable', ['w1'], 'cp3'],
  ['unreachable', ['w1', 'cp3'], undefined],
])('who stands in when the one asked is %s, without %j', (outcome, passedOver, name) => {
  const [plane] = hosts('cp1') as [Host]
  const summary = { hosts: [{ name: 'cp1', outcome }] } as unknown as RunSummary
  expect(nextControlPlane(summary, plane, inventory, passedOver)?.name).toBe(name)
})

it.each<[Inventory['names'], Record<string, string>, string[]]>([
  ['hosts', { w1: 'fresh' }, ['2 hosts learn the new name in /etc/hosts at the next whole run: cp1, cp3']],
  ['hosts', { w1: 'node' }, ['w1 is a node of the cluster already']],
  ['dns', { w1: 'fresh' }, []],
  ['hosts', {}, []],
])('afterwards, names %s: %j', (kind, standing, lines) => {
  expect(afterwards(new Map(Object.entries(standing)), hosts('w1'), { ...inventory, names: kind })).toEqual(lines)
})
