import { expect, test } from 'vitest'
import { loadInventory } from '../../../src/inventory/load.ts'
import { checkPlaybooks } from '../../../src/playbook/check.ts'
import { loadPlaybooks } from '../../../src/playbook/load.ts'
import { oneAfterAnother } from '../../../src/playbook/one-after-another.ts'
import { outputsOf } from '../../../src/playbook/outputs.ts'

const [playbook] = loadPlaybooks(['playbooks/certificates/renew.yaml'])

test('a phase becomes one a host, each waiting for the one before', () => {
  const turns = oneAfterAnother(playbook!, 'renew', ['cp1', 'cp2', 'cp3']).phases.slice(0, 3)
  expect(turns.map(({ name, hosts }) => ({ name, hosts }))).toEqual([
    { name: 'renew cp1', hosts: { names: ['cp1'] } },
    { name: 'renew cp2', hosts: { names: ['cp2'] } },
    { name: 'renew cp3', hosts: { names: ['cp3'] } },
  ])
  expect(turns.map((turn) => turn.tasks[0]?.needs)).toEqual([[], ['renewTurn1'], ['renewTurn2']])
  expect(turns.map((turn) => turn.tasks.at(-1)?.output?.name)).toEqual(['renewTurn1', 'renewTurn2', 'renewTurn3'])
})

test('other phases stay, and without hosts there is none of it', () => {
  const before = playbook!.phases.slice(1)
  expect(oneAfterAnother(playbook!, 'renew', ['cp1']).phases.slice(1)).toEqual(before)
  expect(oneAfterAnother(playbook!, 'renew', []).phases).toEqual(before)
})

test('the values have one maker each, and nobody waits in a ring', () => {
  const inventory = loadInventory('inventory/full.yaml')
  const names = inventory.hosts.filter((host) => host.role === 'control-plane').map((host) => host.name)
  const turns = [oneAfterAnother(playbook!, 'renew', names)]
  expect(() => checkPlaybooks(turns, inventory)).not.toThrow()
  const made = outputsOf(turns, inventory).filter((each) => each.name.startsWith('renewTurn'))
  expect(made.map((each) => each.hosts)).toEqual(names.map((name) => [name]))
  expect(made.every((each) => !each.gathered)).toBe(true)
})
