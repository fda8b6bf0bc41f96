import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { modules } from '../../../src/modules/index.ts'
import { parsePlaybook } from '../../../src/playbook/parse.ts'
import { type Rehearsal, rehearse } from '../../../src/playbook/rehearse.ts'

const inventory = readInventory(
  `
cluster: lab
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  w1: { address: 10.0.0.21, role: worker, labels: { disk: ssd } }
  w2: { address: 10.0.0.22, role: worker }
`,
  'hosts.yaml',
)

const onlyDebian: Rehearsal['variablesOf'] = (_host, facts) => {
  if (facts.family === 'el') throw new UserError('this inventory fits no EL')
  return {}
}

function messages(task: string, variablesOf: Rehearsal['variablesOf'] = () => ({})): string[] {
  const text = `description: A case.\nphases:\n  - name: one\n    hosts: all\n    tasks:\n      - ${task}\n`
  const { playbook, problems } = parsePlaybook(text, 'extra.yaml', '/playbooks', modules)
  expect(problems).toEqual([])
  try {
    rehearse({ playbooks: [playbook].flatMap((one) => one ?? []), inventory, modules, variablesOf })
    return []
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.problems.map((problem) => problem.message)
  }
}

const suite = '{ repository: { name: x, url: "http://x", keyUrl: "http://x/k", suite: "${facts.codename}" }'

/** A task, and what is wrong with it whatever the hosts turn out to be. */
const rehearsed: readonly [string, string, readonly string[], Rehearsal['variablesOf']?][] = [
  ['right', '{ hostname: { name: "${host.name}" } }', []],
  [
    'a look-up under one family only',
    '{ hostname: { name: "${x}" }, when: { facts.family: el } }',
    ['${x}: x does not exist'],
  ],
  [
    'a look-up of some hosts only',
    '{ hostname: { name: "${host.labels.disk}" } }',
    ['${host.labels.disk}: host.labels.disk does not exist'],
  ],
  ['an argument that only one family makes right', `${suite} }`, []],
  [
    'an argument that none makes right',
    '{ hostname: { name: "${cluster.limits.nofile}" } }',
    ['hostname.name must be text, not the number 1048576'],
  ],
  [
    'a family that the inventory does not fit',
    '{ hostname: { name: "${x}" }, when: { facts.family: el } }',
    [],
    onlyDebian,
  ],
]

describe('before any host is contacted', () => {
  it.each(rehearsed)('%s', (_name, task, problems, variablesOf) => {
    expect(messages(task, variablesOf)).toEqual(problems)
  })
})
