import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/inventory/inventory.ts'
import {
  controlPlaneToAsk,
  type Expectation,
  type Greeting,
  isClusterHeld,
  mistakesOf,
} from '../../../src/run/identity.ts'

// Hosts by name, what is not said of one as of a fresh machine of its own. CAs are letters.

interface Said {
  readonly boot?: string
  readonly machine?: string
  readonly pids?: string
  /** Its node; `true`: as its line says. */
  readonly node?: string | true
  readonly ca?: string
  readonly cluster?: string
  readonly server?: string
  readonly rest?: 'unfinished' | 'etcd'
}

interface Case {
  readonly name: string
  readonly hosts: Readonly<Record<string, Said>>
  /** Hosts of the inventory that are not in the run. */
  readonly silent?: readonly string[]
  readonly nodes?: Expectation['nodes']
  readonly kept?: string
  /** HOST: expression for what is told of it, `?` before a warning. */
  readonly told: readonly string[]
}

const own = { node: true, ca: 'A' } as const

const cases: readonly Case[] = [
  { name: 'fresh hosts', hosts: { cp1: {}, w1: {}, w2: {} }, told: [] },
  { name: 'a cluster as it was', hosts: { cp1: own, cp2: own, w1: own }, kept: 'A', told: [] },
  { name: 'a fresh host beside a cluster', hosts: { cp1: own, w1: {} }, kept: 'A', told: [] },
  { name: 'a control plane that is made of a given CA', hosts: { cp1: { ca: 'A' }, w1: {} }, told: [] },
  { name: 'a CA that is being replaced', hosts: { cp1: { ...own, ca: 'AB' }, w1: own }, kept: 'B', told: [] },

  // One machine, two lines.
  {
    name: 'two addresses of one machine',
    hosts: { cp1: { boot: 'b', machine: 'm' }, w1: { boot: 'b', machine: 'm' } },
    told: ['w1: w1 and cp1 are one machine: 10.0.0.2 and 10.0.0.1 both connect to boot id b, machine-id m'],
  },
  {
    name: 'two addresses of one machine that has no machine-id',
    hosts: { cp1: { boot: 'b' }, w1: { boot: 'b' } },
    told: ['w1: w1 and cp1 are one machine: .* boot id b$'],
  },
  {
    name: 'three lines of one machine',
    hosts: { cp1: { boot: 'b' }, w1: { boot: 'b' }, w2: { boot: 'b' } },
    told: ['w1: w1 and cp1 are one', 'w2: w2 and cp1 are one'],
  },
  {
    name: 'two addresses of one node, to be reset whatever it is',
    hosts: { cp1: { ...own, boot: 'b' }, w1: { node: 'cp1', ca: 'A', boot: 'b' } },
    nodes: 'any',
    told: ['w1: w1 and cp1 are one machine'],
  },
  {
    name: 'a node by its own line and by another',
    hosts: { cp1: { ...own, boot: 'b' }, w1: { node: 'cp1', ca: 'A', boot: 'b' } },
    told: ['w1: w1 and cp1 are one machine'],
  },
  {
    name: 'containers of one kernel',
    hosts: { cp1: { boot: 'b', pids: '1' }, w1: { boot: 'b', pids: '2' } },
    told: [],
  },
  {
    name: 'file systems of their own on one kernel',
    hosts: { cp1: { boot: 'b', machine: 'm' }, w1: { boot: 'b', machine: 'n' } },
    told: [],
  },

  // Copies.
  {
    name: 'machines of one machine-id',
    hosts: { cp1: {}, w1: { machine: 'm' }, w2: { machine: 'm' }, w3: { machine: 'm' } },
    told: ['w3: w1, w2 and w3 have the same machine-id m: .*on w2 and on w3, run `rm -f /etc/machine-id'],
  },
  {
    name: 'containers of one machine-id',
    hosts: { cp1: { boot: 'b', pids: '1', machine: 'm' }, w1: { boot: 'b', pids: '2', machine: 'm' } },
    told: ['w1: cp1 and w1 have the same machine-id m'],
  },
  {
    name: 'a node and a fresh copy of its machine',
    hosts: { cp1: { ...own, machine: 'm' }, w1: { machine: 'm' } },
    told: ['w1: cp1 and w1 have the same machine-id'],
  },
  {
    name: 'nodes of one machine-id, which work',
    hosts: { cp1: { ...own, machine: 'm' }, w1: { ...own, machine: 'm' } },
    told: ['?w1: cp1 and w1 have the same machine-id'],
  },
  {
    name: 'nodes of one machine-id that are reset',
    hosts: { cp1: { ...own, machine: 'm' }, w1: { ...own, machine: 'm' } },
    nodes: 'keep',
    told: [],
  },
  {
    name: 'a copy of a node, with its certificates',
    hosts: { cp1: own, w1: own, w2: { ...own, node: 'w1' } },
    told: ["w2: w2 carries the identity of node w1, .* reinstall a host that has a copy of w1's disk"],
  },
  {
    name: 'a copy of a node that is not in the run',
    hosts: { w2: { ...own, node: 'w1' } },
    silent: ['cp1', 'w1'],
    told: ['w2: w2 carries the identity of node w1'],
  },
  {
    name: 'two addresses that are swapped',
    hosts: { cp1: own, w1: { ...own, node: 'w2' }, w2: { ...own, node: 'w1' } },
    told: ['w1: .* node w2, .*if they are swapped', 'w2: .* node w1, '],
  },

  // Other names.
  {
    name: 'a renamed line',
    hosts: { cp1: own, 'gpu-1': { ...own, node: 'w1' } },
    told: [
      'gpu-1: gpu-1 is node w1 of this cluster, .*cannot be renamed.*`provision remove w1`.*`provision add gpu-1`',
    ],
  },
  {
    name: 'a renamed line of a run without control planes, known by the kubeconfig',
    hosts: { 'gpu-1': { ...own, node: 'w1' } },
    silent: ['cp1'],
    kept: 'A',
    told: ['gpu-1: .* of this cluster'],
  },
  {
    name: 'a renamed control plane',
    hosts: { master: { ...own, node: 'cp1' }, cp2: own, w1: own },
    told: ['master: master is node cp1 of this cluster'],
  },
  {
    name: 'the only control plane renamed',
    hosts: { cp: { ...own, node: 'cp1' }, w1: own },
    kept: 'A',
    told: ['cp: cp is node cp1 of this cluster'],
  },
  {
    name: 'a node of another cluster, by a wrong digit',
    hosts: { cp1: own, w1: { node: 'gpu-07', ca: 'X', server: 'https://10.77.0.1:6443' } },
    told: [
      'w1: w1 is node gpu-07 of another cluster already \\(API server https://10.77.0.1:6443\\).*`provision reset w1 --force`',
    ],
  },
  {
    name: 'the same, before there is a cluster',
    hosts: { cp1: {}, w1: { node: 'gpu-07', ca: 'X' } },
    told: ['w1: w1 is node gpu-07 of a cluster already'],
  },
  {
    name: 'the same, with a CA that cannot be read',
    hosts: { cp1: own, w1: { node: 'gpu-07' } },
    told: ['w1: .*gpu-07'],
  },
  {
    name: 'the same, to be reset',
    hosts: { w1: { node: 'gpu-07', ca: 'X' } },
    silent: ['cp1'],
    nodes: 'keep',
    told: ['w1: .*gpu-07'],
  },
  {
    name: 'the same, to be reset whatever it is',
    hosts: { w1: { node: 'gpu-07', ca: 'X' } },
    silent: ['cp1'],
    kept: 'A',
    nodes: 'any',
    told: [],
  },

  // Other clusters, the same name.
  {
    name: 'a node of another cluster under the very name',
    hosts: { cp1: own, w1: { ...own, ca: 'X' } },
    told: ['w1: w1 is a node of another cluster already'],
  },
  {
    name: 'the same, known by the kubeconfig alone',
    hosts: { w1: { ...own, ca: 'X' } },
    silent: ['cp1'],
    kept: 'A',
    told: ['w1: w1 is a node of another cluster'],
  },
  {
    name: 'the same, restored',
    hosts: { cp1: {}, w1: { ...own, ca: 'X' } },
    kept: 'A',
    nodes: 'replace',
    told: ['w1: w1 is a node of another cluster'],
  },
  {
    name: 'certificates of another cluster on a fresh worker',
    hosts: { cp1: own, w1: { ca: 'X' } },
    told: ['w1: w1 has the CA of another cluster'],
  },
  {
    name: 'a further control plane of another cluster',
    hosts: { cp1: own, cp2: { ...own, ca: 'X' } },
    told: ['cp2: cp2 is a control plane of another cluster already'],
  },
  {
    name: 'the first control plane of another cluster, as the kubeconfig and the others know',
    hosts: { cp1: { ...own, ca: 'X' }, cp2: own, w1: own },
    kept: 'A',
    told: ['cp1: cp1 is a control plane of another cluster already'],
  },
  {
    name: 'the only control plane of another cluster, as the kubeconfig knows',
    hosts: { cp1: { ...own, ca: 'X' }, w1: own },
    kept: 'A',
    told: ['cp1: cp1 is a control plane of another cluster than that of /p/kubeconfig'],
  },
  {
    name: 'the only control plane of another cluster, as a worker knows',
    hosts: { cp1: { ...own, ca: 'X' }, w1: own },
    told: ['w1: w1 is a node of another cluster already'],
  },
  {
    name: 'another cluster that provision made, on the first control plane',
    hosts: { cp1: { ...own, ca: 'X', cluster: 'staging' } },
    told: ['cp1: cp1 is a control plane of the cluster staging, and the inventory is for office.*cluster: staging'],
  },
  { name: 'the cluster of the inventory', hosts: { cp1: { ...own, cluster: 'office' } }, told: [] },
  {
    name: 'the only control plane of another cluster, rebuilt or restored',
    hosts: { cp1: { ...own, ca: 'X' }, w1: own },
    kept: 'A',
    nodes: 'replace',
    told: ['cp1: cp1 is a control plane of another cluster than that of /p/kubeconfig'],
  },
  {
    name: 'control planes that are replaced one after the other, of several CAs',
    hosts: { cp1: { ...own, ca: 'X' }, cp2: own, w1: { ...own, ca: 'X' }, w2: own },
    kept: 'A',
    nodes: 'replace',
    told: [],
  },
  {
    name: 'control planes of which the first has been replaced',
    hosts: { cp1: { ...own, ca: 'X', rest: 'unfinished' }, w1: own },
    kept: 'A',
    nodes: 'replace',
    told: [],
  },
  {
    name: 'the same, where no kubeconfig says which cluster it is',
    hosts: { cp1: { ...own, ca: 'X' }, cp2: own, w1: own },
    nodes: 'replace',
    told: [],
  },

  // What is left of another cluster.
  {
    name: 'data of an etcd and nothing else',
    hosts: { cp1: { rest: 'etcd' }, w1: {} },
    told: ['cp1: cp1 has etcd data in /var/lib/etcd, .*`provision rebuild`.*`provision reset cp1`'],
  },
  {
    name: 'the same on a further control plane',
    hosts: { cp1: own, cp2: { rest: 'etcd' } },
    told: ['cp2: cp2 has etcd data'],
  },
  { name: 'the same on a worker', hosts: { cp1: own, w1: { rest: 'etcd' } }, told: [] },
  { name: 'the same, to be restored', hosts: { cp1: { rest: 'etcd' } }, nodes: 'replace', told: [] },
  { name: 'the same, to be reset', hosts: { cp1: { rest: 'etcd' } }, nodes: 'keep', told: [] },
  { name: 'data of the etcd of this cluster', hosts: { cp1: { ...own, rest: 'etcd' } }, told: [] },

  // No control plane any more.
  {
    name: 'nodes of a control plane that lost its disk',
    hosts: { cp1: {}, w1: own },
    kept: 'A',
    told: ['w1: w1 is already a node of a cluster that no control plane .*`provision rebuild`'],
  },
  { name: 'the same, restored', hosts: { cp1: {}, w1: own }, kept: 'A', nodes: 'replace', told: [] },
  { name: 'the same, reset', hosts: { cp1: {}, w1: own }, kept: 'A', nodes: 'keep', told: [] },
  {
    name: 'the same, where another control plane was not asked',
    hosts: { cp1: {}, w1: own },
    silent: ['cp2'],
    kept: 'A',
    told: [],
  },
]

function read({ hosts, silent = [] }: Case) {
  const inventory = {
    cluster: 'office',
    hosts: [...Object.keys(hosts), ...silent].map((name, index) => {
      const role = /^(cp|master)/.test(name) ? 'control-plane' : 'worker'
      return { name, role, state: 'up', reach: `10.0.0.${index + 1}`, source: { line: index + 3 } } as Host
    }),
  }
  const greetings = Object.entries(hosts).map(([name, said]): Greeting => {
    const node =
      said.node === undefined && said.ca === undefined && said.rest === undefined
        ? undefined
        : {
            name: said.node === true ? name : said.node,
            server: said.server ?? '',
            authorities: [...(said.ca ?? '')],
            cluster: said.cluster,
            rest: said.rest,
          }
    const identity = {
      bootId: said.boot ?? `boot of ${name}`,
      machineId: said.machine ?? '',
      pidNamespace: said.pids ?? '',
      node,
    }
    return { host: inventory.hosts.find((each) => each.name === name), identity } as Greeting
  })
  return { inventory, greetings }
}

describe('what hosts say they are', () => {
  it.each(cases)('$name', (given) => {
    const { inventory, greetings } = read(given)
    const kept = { authorities: [...(given.kept ?? '')], file: '/p/kubeconfig' }
    const found = mistakesOf(greetings, inventory, { nodes: given.nodes ?? 'make', kept })
    const told = found.map(({ host, problem, warning }) => {
      expect(problem.source).toBe(inventory.hosts.find(({ name }) => name === host)?.source)
      return `${warning ? '?' : ''}${host}: ${problem.message} ${problem.hint}`
    })
    expect(told).toHaveLength(given.told.length)
    for (const [index, expression] of given.told.entries()) {
      const [who = '', ...what] = expression.split(': ')
      expect(told[index]?.startsWith(`${who}: `)).toBe(true)
      expect(told[index]?.slice(who.length + 2)).toMatch(new RegExp(what.join(': ').replace(/\$$/, ' ')))
    }
  })
})

it.each([
  ['a node, and nobody knows which cluster this is', { hosts: { w1: own }, silent: ['cp1'] }, 'cp1'],
  ['a fresh host', { hosts: { w1: {} }, silent: ['cp1'] }, undefined],
  ['a node, and a kubeconfig', { hosts: { w1: own }, silent: ['cp1'], kept: 'A' }, undefined],
  ['a control plane', { hosts: { cp2: own }, silent: ['cp1'] }, undefined],
  ['a node to be reset whatever it is', { hosts: { w1: own }, silent: ['cp1'], nodes: 'any' }, undefined],
] as const)('a run with %s asks a control plane which cluster this is: %#', (_what, given, asked) => {
  const { inventory, greetings } = read({ name: '', told: [], ...given })
  const { kept = '', nodes = 'make' } = given as Partial<Case>
  const selected = greetings.map(({ host }) => host)
  const expected = { nodes, kept: { authorities: [...kept], file: '' } }
  expect(controlPlaneToAsk(greetings, selected, inventory, expected)?.name).toBe(asked)
})

it.each<[string, Case['hosts'], boolean]>([
  ['a control plane that runs', { cp1: { ...own, rest: 'etcd' }, w1: {} }, true],
  ['one of several', { cp1: {}, cp2: { ...own, rest: 'etcd' } }, true],
  ['fresh hosts', { cp1: {}, w1: {} }, false],
  ['a control plane whose kubeadm has not ended', { cp1: { ca: 'A' }, w1: {} }, false],
  ['a control plane that is restored', { cp1: { ...own, rest: 'unfinished' }, w1: {} }, false],
  ['data of an etcd that nobody has the CA of', { cp1: { rest: 'etcd' }, w1: {} }, false],
  ['a worker', { w1: { ...own, rest: 'etcd' } }, false],
])('the cluster is held by %s: %#', (_who, hosts, held) => {
  expect(isClusterHeld(read({ name: '', told: [], hosts }).greetings)).toBe(held)
})
