import { expect, it } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { variablesOf } from '../../../src/variables/variables.ts'

const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const

/** The endpoint; where hosts connect to; whether they must find its name by themselves. */
const cases: readonly (readonly [text: string, address: string, port: number, elsewhere: boolean])[] = [
  ['', '10.0.0.11', 6443, true],
  ['kubernetes: { endpoint: "k8s.example.com:8443" }', 'k8s.example.com', 8443, true],
  ['kubernetes: { endpoint: "10.0.0.10:6443" }', '10.0.0.10', 6443, true],
  // Names of nodes are written to hosts, later than it is looked for.
  ['kubernetes: { endpoint: "cp1:6443" }', '10.0.0.11', 6443, false],
  ['kubernetes: { endpoint: "named:6443" }', 'named', 6443, true],
  ['kubernetes: { endpoint: "cp1.lab.internal:6443" }', 'cp1.lab.internal', 6443, true],
  ['kubernetes: { endpoint: "cp1.lab.internal:6443" }\nnames: dns', '10.0.0.11', 6443, false],
]

it.each(cases)('%s: hosts connect to %s', (text, address, port, elsewhere) => {
  const hosts =
    'hosts: { cp1: { address: 10.0.0.11, role: control-plane }, named: { address: w1.example.com, role: worker } }'
  const inventory = readInventory(`cluster: lab\n${hosts}\n${text}`, 'hosts.yaml')
  for (const host of inventory.hosts) {
    const seen = variablesOf(inventory, host, facts, catalogue)
    expect([seen.endpointAddress, seen.endpointPort, seen.endpointIsElsewhere]).toEqual([address, port, elsewhere])
  }
})
