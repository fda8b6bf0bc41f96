import { expect, it } from 'vitest'
import { readInventory } from '../../../src/inventory/load.ts'
import { deedOf, hostsToReset, resetPlaybooks } from '../../../src/operations/reset.ts'

const inventory = readInventory(
  `cluster: lab
kubernetes: { endpoint: "k8s.example.com:6443" }
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  cp2: { address: 10.0.0.12, role: control-plane }
  w1: { address: 10.0.0.21, role: worker }
  w2: { address: 10.0.0.22, role: worker, state: down }
`,
  'hosts.yaml',
)
const goesOn = 'Pods on them end, and their data on local disks is lost. The rest of the cluster keeps running.'
const lost = 'The cluster lab and all its data are lost.'

/** What is named, who is reset, what the operator reads, and what the playbook is told. */
const cases = [
  {
    given: [],
    hosts: ['cp1', 'cp2', 'w1', 'w2'],
    deed: `3 hosts go back to what they were: cp1, cp2, w1\n${lost}`,
    leaves: false,
  },
  { given: ['w1'], hosts: ['w1'], deed: `1 host goes back to what it was: w1\n${goesOn}`, leaves: true },
  {
    given: ['w1', 'cp2', 'w1'],
    hosts: ['cp2', 'w1'],
    deed: `2 hosts go back to what they were: cp2, w1\n${goesOn}`,
    leaves: true,
  },
  {
    given: ['cp1', 'cp2'],
    hosts: ['cp1', 'cp2'],
    deed: `2 hosts go back to what they were: cp1, cp2\n${lost}`,
    leaves: false,
  },
]

it.each(cases)('reset $given', ({ given, hosts, deed, leaves }) => {
  const selected = hostsToReset(given, inventory)
  expect(selected.map((host) => host.name)).toEqual(hosts)
  expect(deedOf(selected, inventory)).toBe(deed)
  for (const removed of [false, true]) {
    const playbooks = resetPlaybooks(inventory, selected, { packages: true, named: given.length > 0, removed })
    const stays = leaves && !removed
    const vars = { named: given.length > 0, packages: true, etcdGoesOn: stays, nodesStay: stays }
    expect(playbooks.map((playbook) => playbook.vars)).toEqual([vars])
    for (const phase of playbooks.flatMap((playbook) => playbook.phases)) expect(phase.only).toEqual(hosts)
  }
})

const refused = [
  { given: ['w9', 'wx'], problems: ['host w9 is not in the inventory', 'host wx is not in the inventory'] },
  { given: ['w2'], problems: ['w2 has state: down'] },
]

it.each(refused)('refuses $given', ({ given, problems }) => {
  const messages = () => {
    try {
      hostsToReset(given, inventory)
    } catch (error) {
      return (error as { problems: { message: string; hint?: string }[] }).problems
    }
    return []
  }
  expect(messages().map((problem) => problem.message)).toEqual(problems)
  for (const problem of messages()) expect(problem.hint).toBeTruthy()
})
