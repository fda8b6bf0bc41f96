import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { firewallOf } from '../../../src/variables/firewall.ts'

const hosts =
  'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.21, role: worker, node: { address: 10.9.0.21 } }\n'

function openings(name: string, settings: string): string[] {
  const inventory = readInventory(`${hosts}${settings}`, 'hosts.yaml')
  const host = inventory.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(name)
  return firewallOf(inventory, host, catalogue).openings.map(
    ({ protocol, ports = '', from }) => `${protocol} ${ports} ${from.join(' ')}`,
  )
}

const everywhere = ['tcp 10250 nodes pods', 'tcp 30000-32767 anyone', 'udp 30000-32767 anyone', 'tcp 10256 nodes']
const own = 'network: { manifest: /dev/null }\n'

/** Host, settings, and what gets in there beside what gets in everywhere. */
const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['w1', own, []],
  ['cp1', own, ['tcp 6443 anyone', 'tcp 2379-2380 control-planes']],
  ['w1', '', ['tcp 179 nodes', 'ipip  nodes']],
  ['w1', 'network: { kubeRouter: { overlay: full } }\n', ['tcp 179 nodes', 'ipip  nodes']],
  ['w1', 'network: { kubeRouter: { encapsulation: ipip } }\n', ['tcp 179 nodes', 'ipip  nodes']],
  ['w1', 'network: { kubeRouter: { overlay: full, encapsulation: fou } }\n', ['tcp 179 nodes', 'udp 5555 nodes']],
  ['w1', 'network: { kubeRouter: { encapsulation: fou } }\n', ['tcp 179 nodes', 'udp 5555 nodes']],
  [
    'cp1',
    `${own}names: dns\n`,
    ['tcp 6443 anyone', 'tcp 2379-2380 control-planes', 'udp 53 nodes pods', 'tcp 53 nodes pods'],
  ],
  ['w1', `${own}names: dns\n`, []],
  ['w1', `${own}firewall: { ports: [8472/udp, 4240-4250/tcp] }\n`, ['udp 8472 nodes', 'tcp 4240-4250 nodes']],
]

describe('what gets in', () => {
  it.each(cases)('%s with %j', (name, settings, more) => {
    // A manifest of one's own must be a file; none is read here.
    const real = settings.replace('/dev/null', new URL('../../../lab/network/manifest.yaml', import.meta.url).pathname)
    expect(openings(name, real).sort()).toEqual([...everywhere, ...more].sort())
  })

  it('comes from the addresses that nodes have, or from the networks that are given', () => {
    const sources = (settings: string) => {
      const inventory = readInventory(`${hosts}${settings}`, 'hosts.yaml')
      return firewallOf(inventory, inventory.hosts[0] as never, catalogue).sources
    }
    expect(sources('')).toEqual({
      nodes: ['10.0.0.11', '10.9.0.21'],
      'control-planes': ['10.0.0.11'],
      pods: ['10.244.0.0/16'],
    })
    const given = sources('firewall: { nodes: [10.0.0.0/8] }\n')
    expect([given.nodes, given['control-planes']]).toEqual([['10.0.0.0/8'], ['10.0.0.0/8']])
  })

  it('names hosts that no rule can hold', () => {
    const named = 'cluster: lab\nhosts:\n  cp1: { address: cp1.example.com, role: control-plane }\n'
    const unresolved = (settings: string) => {
      const inventory = readInventory(`${named}${settings}`, 'hosts.yaml')
      return firewallOf(inventory, inventory.hosts[0] as never, catalogue).unresolved
    }
    expect(unresolved('')).toEqual(['cp1'])
    expect(unresolved('firewall: { nodes: [10.0.0.0/8] }\n')).toEqual([])
  })
})
