import { expect, it } from 'vitest'
import type { RunEvent } from '../../../src/events/run-event.ts'
import { foldAll } from '../../../src/views/fold.ts'
import { summarize } from '../../../src/views/summarize.ts'
import { summaryText } from '../../../src/views/summary.ts'

const source = { file: 'playbooks/one.yaml', line: 1, column: 1 }
const started: RunEvent = {
  kind: 'run-started',
  at: 1,
  run: 'r',
  command: 'provision add w9',
  cluster: 'lab',
  mode: 'apply',
  hosts: ['cp1', 'w9'],
  operator: 'ops@here',
  version: '0',
  scope: { of: 104, named: ['w9'], phases: ['invite', 'welcome'] },
}

function connects(host: string): RunEvent {
  return { kind: 'host-state', at: 2, host, state: 'connecting' }
}

function changes(host: string, phase: string): RunEvent {
  return { kind: 'task', at: 3, host, task: 't1', phase, title: 'one', source, status: 'changed' }
}

it.each<[string, RunEvent[], string]>([
  [
    'the new host and the one that is asked',
    [connects('cp1'), connects('w9'), changes('w9', 'join'), changes('cp1', 'invite')],
    '2 hosts of 104 contacted, 0 changes elsewhere',
  ],
  [
    'what the control plane should not do',
    [connects('cp1'), changes('cp1', 'prepare')],
    '1 host of 104 contacted, 1 change elsewhere',
  ],
  [
    'a host that has no business here',
    [connects('w1'), changes('w1', 'prepare'), changes('w1', 'runtime')],
    '1 host of 104 contacted, 2 changes elsewhere',
  ],
  ['nobody', [], '0 hosts of 104 contacted, 0 changes elsewhere'],
])('%s', (_, events, line) => {
  const summary = summarize(foldAll([started, ...events]))
  expect(summaryText(summary).split('\n').at(-1)).toBe(line)
})

it('a run on all hosts has no such line', () => {
  const { scope: _scope, ...whole } = started as Extract<RunEvent, { kind: 'run-started' }>
  const summary = summarize(foldAll([whole, connects('w9')]))
  expect(summary.scope).toBeUndefined()
  expect(summaryText(summary)).not.toContain('contacted')
})
