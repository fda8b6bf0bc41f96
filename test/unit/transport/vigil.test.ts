import { describe, expect, it } from 'vitest'
import type { ProgramEvent } from '../../../src/events/event.ts'
import { Vigil } from '../../../src/transport/vigil.ts'

const deadlines = new Map([
  ['t1', 5],
  ['t2', 1800],
])

/** What happens at which second. Beats, logs and notes are signs of life, and nothing more. */
type Happening = readonly [at: number, event: ProgramEvent]
const begin: ProgramEvent = { kind: 'begin', tasks: 2 }
const ok = (task: string): ProgramEvent => ({ kind: 'ok', task })
const start = (task: string): ProgramEvent => ({ kind: 'start', task })
const changed = (task: string): ProgramEvent => ({ kind: 'changed', task })
const beats = (task: string, from: number, to: number): Happening[] =>
  Array.from({ length: Math.floor((to - from) / 5) + 1 }, (_, index) => [
    from + index * 5,
    { kind: 'beat', task, seconds: index * 5, line: '' },
  ])

const cases: readonly (readonly [what: string, events: readonly Happening[], end: number])[] = [
  ['that has not begun may wait for an earlier one', [], 600],
  ['that says nothing between its tasks', [[10, begin]], 610],
  [
    'whose task says nothing is given up past its deadline',
    [
      [10, begin],
      [20, start('t1')],
    ],
    45,
  ],
  [
    'whose task has a long deadline is not given up before',
    [
      [10, begin],
      [20, start('t2')],
    ],
    1840,
  ],
  ['whose task shows signs of life past its deadline', [[20, start('t1')], ...beats('t1', 25, 100)], 120],
  ['whose task shows signs of life without end', [[20, start('t1')], ...beats('t1', 25, 5000)], 920],
  [
    'whose tasks end',
    [
      [20, start('t1')],
      [24, changed('t1')],
    ],
    624,
  ],
  [
    'whose background task goes on beside others',
    [
      [1, start('t2')],
      [10, ok('t3')],
      [11, start('t1')],
    ],
    1821,
  ],
  ['that says the same without end', Array.from({ length: 300 }, (_, n): Happening => [n * 10, ok('t1')]), 900],
]

describe('a program', () => {
  it.each(cases)('%s', (_what, events, end) => {
    const vigil = new Vigil(deadlines, 0)
    for (const [at, event] of events) {
      if (at >= vigil.endAt) break
      vigil.heard(at)
      vigil.event(event, at)
    }
    expect(vigil.endAt).toBe(end)
  })

  it('that is given up is told by the task it was at', () => {
    const vigil = new Vigil(deadlines, 0)
    vigil.heard(20)
    vigil.event(start('t1'), 20)
    expect(vigil.tellAt).toBe(80)
    expect(vigil.error(45).message).toBe(
      'its program was silent for 25 s, and its task t1 has a deadline of 5 s and began 25 s ago',
    )
  })
})
