import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import type { Hook } from '../../../src/inventory/inventory.ts'
import { withHooks } from '../../../src/playbook/hooks.ts'
import type { Playbook } from '../../../src/playbook/playbook.ts'

const source = { file: 'hosts.yaml', line: 9, column: 5 }

function playbook(file: string, ...phases: string[]): Playbook {
  return {
    file,
    directory: '/',
    description: file,
    vars: {},
    locate: () => source,
    phases: phases.map((name) => ({
      id: name.replace(' ', '-'),
      name,
      hosts: 'all',
      onDemand: false,
      tasks: [],
      source,
    })),
  }
}

const shipped = [playbook('a', 'prepare', 'runtime'), playbook('b', 'verify')]
const load = (file: string) => [playbook(file, `${file} one`, `${file} two`)]

const placements: readonly [string, readonly Hook[], readonly string[]][] = [
  ['none', [], ['prepare', 'runtime', 'verify']],
  [
    'before the first',
    [{ when: 'before', phase: 'prepare', run: 'x', source }],
    ['x one', 'x two', 'prepare', 'runtime', 'verify'],
  ],
  [
    'in the middle',
    [{ when: 'after', phase: 'prepare', run: 'x', source }],
    ['prepare', 'x one', 'x two', 'runtime', 'verify'],
  ],
  [
    'several, in the order of the inventory',
    [
      { when: 'after', phase: 'verify', run: 'x', source },
      { when: 'after', phase: 'verify', run: 'y', source },
    ],
    ['prepare', 'runtime', 'verify', 'x one', 'x two', 'y one', 'y two'],
  ],
]

describe('hooks run', () => {
  it.each(placements)('%s', (_name, hooks, phases) => {
    const all = withHooks(shipped, hooks, load)
    expect(all.flatMap((one) => one.phases.map((phase) => phase.name))).toEqual(phases)
  })

  it('only at phases that are there, and every wrong one is told', () => {
    const hooks: Hook[] = ['perpare', 'verfy'].map((phase) => ({ when: 'before', phase, run: 'x', source }))
    const broken = () => {
      throw new UserError('there is no playbook x')
    }
    expect(() => withHooks(shipped, hooks, broken)).toThrow(
      /phase perpare does not exist\n {2}hint: did you mean prepare\?(.|\n)*phase verfy does not exist\n {2}hint: did you mean verify\?/,
    )
    expect(() => withHooks(shipped, hooks, broken)).toThrow('there is no playbook x')
  })
})
