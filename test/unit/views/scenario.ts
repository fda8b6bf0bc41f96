import type { HostOutcome, HostState, RunEvent, RunEventBody } from '../../../src/events/run-event.ts'

/** A made-up start of all runs, in milliseconds. */
export const START = 1_700_000_000_000

export const source = { file: 'playbooks/cluster/docker.yaml', line: 31, column: 7 }

/** One event and the second at which it happens. */
export type Entry = readonly [seconds: number, body: RunEventBody]

export const started = (hosts: string[], mode: 'apply' | 'check' = 'apply'): Entry => [
  0,
  {
    kind: 'run-started',
    run: 'r1',
    command: mode === 'apply' ? 'converge' : 'plan',
    cluster: 'lab',
    mode,
    hosts,
    operator: 'ops@desk',
    version: '0.1.0',
  },
]

export const state = (seconds: number, host: string, to: HostState): Entry => [
  seconds,
  { kind: 'host-state', host, state: to },
]

export const waiting = (seconds: number, host: string, value: string, on: string[]): Entry => [
  seconds,
  { kind: 'host-state', host, state: 'waiting', waitingFor: `${value} from ${on.join(', ')}`, waitingOn: on },
]

type TaskBody = Extract<RunEventBody, { kind: 'task' }>

export const task = (
  seconds: number,
  host: string,
  phase: string,
  status: TaskBody['status'],
  rest: Partial<TaskBody> = {},
): Entry => [seconds, { kind: 'task', host, task: 't1', phase, title: `${phase} task`, source, status, ...rest }]

export const finished = (
  seconds: number,
  host: string,
  outcome: HostOutcome,
  rest: Partial<Extract<RunEventBody, { kind: 'host-finished' }>> = {},
): Entry => [
  seconds,
  {
    kind: 'host-finished',
    host,
    outcome,
    seconds,
    traffic: { connections: 1, execs: 1, bytesSent: 41_200, bytesReceived: 2_048 },
    ...rest,
  },
]

export function events(entries: readonly Entry[]): RunEvent[] {
  return entries.map(([seconds, body]) => ({ ...body, at: START + Math.round(seconds * 1000) }))
}

/** Three hosts: the control plane makes a token, one worker waits for it, the other fails. */
export const mixedRun: readonly Entry[] = [
  started(['cp1', 'w1', 'w2']),
  state(0.1, 'cp1', 'connecting'),
  state(0.1, 'w1', 'connecting'),
  state(0.1, 'w2', 'connecting'),
  state(0.6, 'cp1', 'running'),
  state(0.7, 'w1', 'running'),
  state(0.7, 'w2', 'running'),
  task(1, 'cp1', 'prepare', 'ok'),
  task(1, 'w1', 'prepare', 'start'),
  [6, { kind: 'progress', host: 'w1', task: 't1', seconds: 5, line: 'Unpacking \u001b[31mdocker.io' }],
  task(40, 'w2', 'docker', 'failed', {
    stage: 'apply',
    code: 100,
    log: 'Get:1 http://mirror/debian\nE: write error - write (28: No space left on device)\n',
  }),
  finished(40, 'w2', 'failed'),
  [61, { kind: 'progress', host: 'w1', task: 't1', seconds: 60, line: 'Setting up docker.io' }],
  task(62, 'w1', 'prepare', 'changed', { seconds: 61 }),
  waiting(62, 'w1', 'joinToken', ['cp1']),
  [63, { kind: 'notice', host: 'cp1', level: 'warning', message: 'clock is 0.4 s behind' }],
  task(70, 'cp1', 'init', 'changed', { seconds: 8 }),
  state(70, 'w1', 'running'),
  finished(70.5, 'cp1', 'changed'),
  task(73, 'w1', 'join', 'changed'),
  finished(73.5, 'w1', 'changed', { traffic: { connections: 1, execs: 2, bytesSent: 2_400_000, bytesReceived: 980 } }),
]
