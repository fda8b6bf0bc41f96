import { describe, expect, it } from 'vitest'
import type { HostFacts } from '../../../src/host-facts.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { modules } from '../../../src/modules/index.ts'
import { checkPlaybooks } from '../../../src/playbook/check.ts'
import { expand } from '../../../src/playbook/expand.ts'
import { outputsOf } from '../../../src/playbook/outputs.ts'
import { parsePlaybook } from '../../../src/playbook/parse.ts'
import type { Playbook } from '../../../src/playbook/playbook.ts'

const facts: HostFacts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' }
const inventory = readInventory(
  `
cluster: lab
kubernetes: { endpoint: k:6443 }
hosts:
  cp1: { address: 10.0.0.11, role: control-plane, state: down }
  cp2: { address: 10.0.0.12, role: control-plane }
  cp3: { address: 10.0.0.13, role: control-plane }
  w1: { address: 10.0.0.21, role: worker }
`,
  'hosts.yaml',
)

function playbook(text: string): Playbook {
  const { playbook: read, problems } = parsePlaybook(text, 'extra.yaml', '/playbooks', modules)
  expect(problems).toEqual([])
  return read as Playbook
}

function one(tasks: string, vars = '{}'): Playbook {
  return playbook(`description: A case.\nvars: ${vars}\nphases:\n  - name: one\n    hosts: all\n    tasks:\n${tasks}`)
}

function tasksOf(name: string, ...playbooks: Playbook[]) {
  const host = inventory.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(`no host ${name}`)
  checkPlaybooks(playbooks, inventory)
  return expand({ playbooks, inventory, host, facts, modules, extra: { units: { chrony: 'chrony.service' } } })
}

/** A task, and the arguments and titles of what becomes of it on w1. */
const expansions: readonly [string, string, readonly (readonly [string, unknown])[]][] = [
  ['plain', '- hostname: { name: plain }', [['hostname plain', { name: 'plain' }]]],
  ['name', '- hostname: { name: "${host.name}" }\n  name: Host name ${host.name}', [['Host name w1', { name: 'w1' }]]],
  [
    'type kept by a look-up that stands alone',
    '- service: { name: "${units.chrony}", enabled: "${vars.on}", running: true }',
    [['service chrony.service', { name: 'chrony.service', enabled: true, running: true }]],
  ],
  [
    'look-ups within text',
    '- command: { run: "echo ${cluster.limits.nofile} ${vars.on} $${HOME} $HOME", always: true }',
    [['command echo 1048576 true ${HOME} $HOME', { run: 'echo 1048576 true ${HOME} $HOME', always: true }]],
  ],
  ['arguments from a map', '- hostname: "${vars.whole}"', [['hostname whole', { name: 'whole' }]]],
  [
    'forEach over a list',
    '- hostname: { name: "${item}" }\n  forEach: [a, b]\n  name: Name',
    [
      ['Name: a', { name: 'a' }],
      ['Name: b', { name: 'b' }],
    ],
  ],
  [
    'forEach over maps, with when by item',
    '- hostname: { name: "${item.name}" }\n  forEach: "${vars.items}"\n  when: { item.take: true }\n  name: Take ${item.name}',
    [['Take b', { name: 'b' }]],
  ],
  ['forEach over nothing', '- hostname: { name: "${item}" }\n  forEach: []', []],
  [
    'when that holds',
    '- hostname: { name: x }\n  when: { facts.family: debian, host.role: [worker, other] }',
    [['hostname x', { name: 'x' }]],
  ],
  ['when that does not', '- hostname: { name: x }\n  when: { facts.family: debian, host.role: control-plane }', []],
  ['not', '- hostname: { name: x }\n  when: { not: { facts.family: el } }', [['hostname x', { name: 'x' }]]],
  ['not that excludes', '- hostname: { name: x }\n  when: { not: { facts.id: [debian, ubuntu] } }', []],
  [
    'setting without a value',
    '- timezone: { zone: "${cluster.time.zone}" }\n  when: { not: { cluster.time.zone: null } }',
    [],
  ],
  [
    'when before forEach',
    '- hostname: { name: "${item}" }\n  forEach: "${cluster.docker.version}"\n  when: { facts.family: el }',
    [],
  ],
]

describe('a task becomes', () => {
  it.each(expansions)('%s', (_name, text, expected) => {
    const indented = text.replaceAll(/^/gm, '      ')
    const vars = '{ on: true, whole: { name: whole }, items: [{ name: a, take: false }, { name: b, take: true }] }'
    const tasks = tasksOf('w1', one(`${indented}\n`, vars))
    expect(tasks.map((task) => [task.title, pick(task.args, expected)])).toEqual(expected)
  })
})

/** Without the defaults that a module's schema adds. */
function pick(args: unknown, expected: readonly (readonly [string, unknown])[]): unknown {
  const keys = new Set(expected.flatMap(([, value]) => Object.keys(value as object)))
  return Object.fromEntries(Object.entries(args as object).filter(([key]) => keys.has(key)))
}

const journey = playbook(`
description: A case.
phases:
  - name: all
    hosts: all
    tasks: [hostname: { name: a }]
  - name: first
    hosts: { role: control-plane, first: true }
    tasks:
      - command: { run: make-token, always: true }
        output: { name: token, secret: true }
        timeout: 5m
  - name: on demand
    hosts: { names: [cp2] }
    onDemand: true
    tasks:
      - command: { run: make-key, always: true }
        output: { name: key }
  - name: others
    hosts: { role: control-plane, first: false }
    tasks:
      - id: pulled
        command: { run: pull, always: true }
        background: true
      - command: { run: join, always: true }
        needs: [token, key]
        after: [pulled]
        output: { name: joined }
  - name: workers
    hosts: { role: worker }
    tasks:
      - command: { run: join, always: true }
        needs: [token]
        output: { name: joined }
  - name: last
    hosts: { names: [cp2] }
    tasks:
      - command: { run: look, always: true }
        needs: [joined]
`)

describe('phases', () => {
  it.each([
    ['cp1', ['all', 'others', 'others']],
    ['cp2', ['all', 'first', 'on demand', 'last']],
    ['cp3', ['all', 'others', 'others']],
    ['w1', ['all', 'workers']],
  ])('of %s', (name, phases) => {
    expect(tasksOf(name, journey).map((task) => task.phase)).toEqual(phases)
  })

  it('give outputs to whoever needs them', () => {
    expect(outputsOf([journey], inventory)).toEqual([
      { name: 'token', hosts: ['cp2'], onDemand: false, gathered: false },
      { name: 'key', hosts: ['cp2'], onDemand: true, gathered: false },
      { name: 'joined', hosts: ['cp3', 'w1'], onDemand: false, gathered: true },
    ])
  })

  it('carry what the runner needs to know', () => {
    const [, pulled, join] = tasksOf('cp3', journey)
    expect(pulled).toMatchObject({ id: 'pulled', background: true, directory: '/playbooks', onDemand: false })
    expect(join).toMatchObject({
      needs: ['token', 'key'],
      after: ['pulled'],
      output: { name: 'joined', secret: false },
    })
    expect(join?.source).toEqual({ file: 'extra.yaml', line: 25, column: 9 })
    expect(tasksOf('cp2', journey)[1]).toMatchObject({ timeoutSeconds: 300, output: { name: 'token', secret: true } })
  })
})

/** A task's own limit, and how long it may take in seconds, by which setting. */
it.each([
  ['', undefined, undefined],
  ['timeout: 5m', 300, undefined],
  ['timeout: "${vars.long}"', 7200, undefined],
  ['timeout: "${cluster.timeouts.download}"', 1800, 'timeouts.download'],
])('a task with %j', (text, seconds, setting) => {
  const [task] = tasksOf('w1', one(`      - hostname: { name: x }\n        ${text}`, '{ long: 2h }'))
  expect([task?.timeoutSeconds, task?.limitedBy]).toEqual([seconds, setting])
})

it('a wait whose length is a setting is limited by it', () => {
  const text = '- waitFor: { command: x, within: "${cluster.timeouts.ready}" }'
  const [task] = tasksOf('w1', one(`      ${text}`))
  expect([task?.limitedBy, task?.args]).toEqual(['timeouts.ready', expect.objectContaining({ within: 300 })])
})
