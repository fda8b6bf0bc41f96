import { expect, it } from 'vitest'
import type { NodeRule } from '../../../src/inventory/inventory.ts'
import { chooseAddress, parseAddresses } from '../../../src/run/node-address.ts'

const told = `eth0 192.168.7.11
eth0 2001:db8::11
eth1 fd00::11
eth1 10.0.0.11
eth1 10.0.0.12
docker0 172.17.0.1
nonsense
eth2 not-an-address
`

const cases: readonly (readonly [NodeRule, string | undefined])[] = [
  [{ interface: 'eth1' }, '10.0.0.11'],
  [{ interface: 'eth0' }, '192.168.7.11'],
  [{ interface: 'eth2' }, undefined],
  [{ interface: 'eth' }, undefined],
  [{ network: '10.0.0.0/8' }, '10.0.0.11'],
  [{ network: '10.0.0.12/32' }, '10.0.0.12'],
  [{ network: 'fd00::/64' }, 'fd00::11'],
  [{ network: '10.1.0.0/16' }, undefined],
]

it.each(cases)('%j chooses %s', (rule, address) => {
  expect(chooseAddress(rule, parseAddresses(told))).toBe(address)
})
