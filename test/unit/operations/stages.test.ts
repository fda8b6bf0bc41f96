import { expect, it } from 'vitest'
import { runStages, type Stage } from '../../../src/operations/stages.ts'

interface Progress {
  readonly ran: readonly string[]
  readonly exitCode?: number
}

const stage =
  (name: string, exitCode?: number): Stage<Progress, string> =>
  async ({ ran }, call) => ({ ran: [...ran, `${name} ${call}`], ...(exitCode === undefined ? {} : { exitCode }) })

it.each<[string, Stage<Progress, string>[], Progress]>([
  ['all run, in order', [stage('a'), stage('b')], { ran: ['a of x', 'b of x'] }],
  [
    'none after one that gives an exit code',
    [stage('a'), stage('b', 0), stage('c')],
    { ran: ['a of x', 'b of x'], exitCode: 0 },
  ],
  ['none at all', [], { ran: [] }],
])('%s', async (_name, stages, progress) => {
  expect(await runStages(stages, { ran: [] }, 'of x')).toEqual(progress)
})

it('what a stage throws ends the call', async () => {
  const broken: Stage<Progress, string> = async () => {
    throw new Error('no archive')
  }
  await expect(runStages([broken, stage('a')], { ran: [] }, 'of x')).rejects.toThrow('no archive')
})
