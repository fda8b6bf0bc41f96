import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { HostFacts } from '../../../src/host-facts.ts'
import type { Host } from '../../../src/inventory/inventory.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { nameServerPackages, namesOf } from '../../../src/variables/names.ts'

interface Case {
  readonly name: string
  readonly hosts: Readonly<Record<string, string>>
  readonly addresses?: Readonly<Record<string, string>>
  readonly endpoint?: string
  readonly family?: 'el'
  readonly of: string
  readonly servers: readonly string[]
  readonly first: boolean
  readonly local: readonly string[]
  readonly packages: readonly string[]
}

const cases = parse(readFileSync(new URL('names.yaml', import.meta.url), 'utf8')) as readonly Case[]

it.each(cases)('$name', (given) => {
  const inventory = inventoryOf(given, 'dns')
  const host = inventory.hosts.find((each) => each.name === given.of) as Host
  const { zone, servers, first, local } = namesOf(inventory, host)
  expect(zone).toBe('prod.internal')
  expect({ servers, first, local: local.map((each) => each.name) }).toEqual({
    servers: given.servers,
    first: given.first,
    local: given.local,
  })
  const facts = { family: given.family ?? 'debian' } as HostFacts
  expect(nameServerPackages(inventory, host, facts)).toEqual(given.packages)
  expect(nameServerPackages(inventoryOf(given, 'hosts'), host, facts)).toEqual([])
})

function inventoryOf(given: Case, names: string) {
  const numbers: Record<string, number> = { cp: 10, w: 20 }
  const hosts = Object.entries(given.hosts).map(([name, text]) => {
    const [role, state = 'up'] = text.split(' ')
    const number = (numbers[name.replace(/\d+$/, '')] ?? 0) + Number(/\d+$/.exec(name)?.[0])
    return [name, { address: given.addresses?.[name] ?? `10.0.0.${number}`, role, state }]
  })
  const kubernetes = { endpoint: given.endpoint ?? 'k8s.example.com:6443' }
  return readInventory(
    stringify({ cluster: 'prod', names, kubernetes, hosts: Object.fromEntries(hosts) }),
    'hosts.yaml',
    'reach',
  )
}
