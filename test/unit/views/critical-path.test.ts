import { expect, test } from 'vitest'
import { foldAll } from '../../../src/views/fold.ts'
import { summarize } from '../../../src/views/summarize.ts'
import { type Entry, events, finished, started, state, task, waiting } from './scenario.ts'

/** host, phase, seconds, what was waited for */
type Step = readonly [string, string, number, string?]

const cases: { name: string; entries: Entry[]; path: Step[] }[] = [
  { name: 'nothing happened', entries: [started([])], path: [] },
  {
    name: 'one host, phase after phase',
    entries: [
      started(['a']),
      state(0, 'a', 'connecting'),
      state(1, 'a', 'running'),
      task(3, 'a', 'prepare', 'ok'),
      task(4, 'a', 'prepare', 'changed'),
      task(9, 'a', 'docker', 'changed'),
      finished(9, 'a', 'changed'),
    ],
    path: [
      ['a', 'connect', 1],
      ['a', 'prepare', 3],
      ['a', 'docker', 5],
    ],
  },
  {
    name: 'the slower of two hosts that do not wait for one another',
    entries: [
      started(['a', 'b']),
      state(0, 'a', 'running'),
      state(0, 'b', 'running'),
      task(2, 'a', 'prepare', 'changed'),
      finished(2, 'a', 'changed'),
      task(7, 'b', 'prepare', 'changed'),
      finished(7, 'b', 'changed'),
    ],
    path: [['b', 'prepare', 7]],
  },
  {
    name: 'a worker waits: the way leads through the control plane',
    entries: [
      started(['cp1', 'w1']),
      state(0, 'cp1', 'running'),
      state(0, 'w1', 'running'),
      task(10, 'w1', 'prepare', 'changed'),
      waiting(10, 'w1', 'joinToken', ['cp1']),
      task(20, 'cp1', 'prepare', 'changed'),
      task(32, 'cp1', 'init', 'changed'),
      state(32, 'w1', 'running'),
      task(35, 'w1', 'join', 'changed'),
      finished(33, 'cp1', 'changed'),
      finished(35, 'w1', 'changed'),
    ],
    path: [
      ['cp1', 'prepare', 20],
      ['cp1', 'init', 12],
      ['w1', 'join', 3, 'joinToken from cp1'],
    ],
  },
  {
    name: 'a whole cluster: the control plane invites while it waits for those it invites',
    entries: [
      started(['cp1', 'w1']),
      state(0, 'cp1', 'running'),
      state(0, 'w1', 'running'),
      task(20, 'w1', 'prepare', 'changed'),
      waiting(20, 'w1', 'joinToken', ['cp1']),
      task(30, 'cp1', 'init', 'changed'),
      waiting(30, 'cp1', 'joined', ['w1']),
      state(30, 'cp1', 'running'),
      task(31, 'cp1', 'invite', 'changed'),
      waiting(31, 'cp1', 'joined', ['w1']),
      // The value is a moment on its way.
      state(31.001, 'w1', 'running'),
      task(39, 'w1', 'join', 'changed'),
      finished(39, 'w1', 'changed'),
      state(39.001, 'cp1', 'running'),
      task(45, 'cp1', 'verify', 'changed'),
      finished(45, 'cp1', 'changed'),
    ],
    path: [
      ['cp1', 'init', 30],
      ['cp1', 'invite', 1],
      ['w1', 'join', 7.999, 'joinToken from cp1'],
      ['cp1', 'verify', 5.999, 'joined from w1'],
    ],
  },
  {
    name: 'a worker waited, but the control plane was ready before it: only the minting counts',
    entries: [
      started(['cp1', 'w1']),
      state(0, 'cp1', 'running'),
      state(0, 'w1', 'running'),
      task(20, 'cp1', 'init', 'changed'),
      finished(20, 'cp1', 'changed'),
      task(50, 'w1', 'prepare', 'changed'),
      waiting(50, 'w1', 'joinToken', ['cp1']),
      task(51, 'cp1', 'token', 'start'),
      task(52, 'cp1', 'token', 'changed'),
      state(52, 'w1', 'running'),
      task(55, 'w1', 'join', 'changed'),
      finished(55, 'w1', 'changed'),
    ],
    path: [
      ['w1', 'prepare', 50],
      ['cp1', 'token', 1],
      ['w1', 'join', 3, 'joinToken from cp1'],
    ],
  },
  {
    name: 'a value gathered from all: the last of them counts',
    entries: [
      started(['cp1', 'w1', 'w2']),
      state(0, 'cp1', 'running'),
      state(0, 'w1', 'running'),
      state(0, 'w2', 'running'),
      task(5, 'cp1', 'init', 'changed'),
      waiting(5, 'cp1', 'joined', ['w1', 'w2']),
      task(6, 'w1', 'join', 'changed'),
      finished(6, 'w1', 'changed'),
      task(9, 'w2', 'join', 'changed'),
      finished(9, 'w2', 'changed'),
      state(9, 'cp1', 'running'),
      task(11, 'cp1', 'verify', 'changed'),
      finished(11, 'cp1', 'changed'),
    ],
    path: [
      ['w2', 'join', 9],
      ['cp1', 'verify', 2, 'joined from w1, w2'],
    ],
  },
  {
    name: 'a wait for nobody known is time of its own host',
    entries: [
      started(['a']),
      state(0, 'a', 'running'),
      task(1, 'a', 'prepare', 'changed'),
      [1, { kind: 'host-state', host: 'a', state: 'waiting', waitingFor: 'something' }],
      state(4, 'a', 'running'),
      task(5, 'a', 'join', 'changed'),
      finished(5, 'a', 'changed'),
    ],
    path: [
      ['a', 'prepare', 1],
      ['a', 'wait', 3, 'something'],
      ['a', 'join', 1],
    ],
  },
  {
    name: 'a reboot in the middle',
    entries: [
      started(['a']),
      state(0, 'a', 'running'),
      task(2, 'a', 'prepare', 'changed'),
      state(2, 'a', 'rebooting'),
      state(42, 'a', 'running'),
      task(43, 'a', 'prepare', 'ok'),
      finished(43, 'a', 'changed'),
    ],
    path: [
      ['a', 'prepare', 2],
      ['a', 'reboot', 40],
      ['a', 'prepare', 1],
    ],
  },
  {
    name: 'hosts that claim to wait for each other end the walk, not the program',
    entries: [
      started(['a', 'b']),
      state(0, 'a', 'running'),
      state(0, 'b', 'running'),
      waiting(1, 'a', 'x', ['b']),
      waiting(1, 'b', 'y', ['a']),
      finished(5, 'a', 'not-attempted'),
      finished(5, 'b', 'not-attempted'),
    ],
    path: [['b', 'start', 1]],
  },
]

test.each(cases)('critical path: $name', ({ entries, path }) => {
  const steps = summarize(foldAll(events(entries))).criticalPath
  const told = steps.map((step): Step => {
    const plain = [step.host, step.phase, step.seconds] as const
    return step.waitedFor === undefined ? plain : [...plain, step.waitedFor]
  })
  expect(told).toEqual(path)
})
