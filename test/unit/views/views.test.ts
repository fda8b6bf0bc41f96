import { expect, test } from 'vitest'
import { z } from 'zod'
import { type RunEvent, runEventSchema } from '../../../src/events/run-event.ts'
import { foldAll } from '../../../src/views/fold.ts'
import { jsonLine } from '../../../src/views/json.ts'
import { liveRows } from '../../../src/views/live-rows.ts'
import { createPlain } from '../../../src/views/plain.ts'
import { createPlanView } from '../../../src/views/plan.ts'
import { summarize } from '../../../src/views/summarize.ts'
import { summaryText } from '../../../src/views/summary.ts'
import { eventJsonSchema } from '../../../tools/docs/schemas.ts'
import { type Entry, events, finished, mixedRun, START, started, state, task, waiting } from './scenario.ts'

const lines = (text: string) => text.replace(/^\n/, '').trimEnd()

function plain(entries: readonly Entry[], verbose = false): string {
  return events(entries).flatMap(createPlain({ verbose })).join('\n')
}

test('plain output of a mixed run', () => {
  expect(plain(mixedRun)).toBe(
    lines(`
[    0.0s]      converge: cluster lab, 3 hosts, run r1
[   40.0s] w2   failed   docker: docker task
    at playbooks/cluster/docker.yaml:31:7 (apply ended with status 100)
    | Get:1 http://mirror/debian
    | E: write error - write (28: No space left on device)
    hint: a disk of the host is full: find it with \`df -h\` and \`df -i\`, free space, then run again
[   40.0s] w2   failed in 40s
[   61.0s] w1   still running (1m 00s): Setting up docker.io
[   62.0s] w1   changed  prepare: prepare task (1m 01s)
[   62.0s] w1   waiting for joinToken from cp1
[   63.0s] cp1  warning: clock is 0.4 s behind
[   70.0s] cp1  changed  init: init task (8.0s)
[   70.5s] cp1  changed in 1m 11s
[   73.0s] w1   changed  join: join task
[   73.5s] w1   changed in 1m 14s
`),
  )
})

test('verbose plain output tells what is as it should be, and cleans what hosts say', () => {
  const text = plain(mixedRun, true)
  expect(text).toContain('cp1  ok       prepare: prepare task')
  expect(text).toContain('w1   still running (5.0s): Unpacking docker.io')
  expect(text).not.toContain('\u001b')
})

test('summary of a mixed run', () => {
  expect(summaryText(summarize(foldAll(events(mixedRun))))).toBe(
    lines(`
host  outcome  ok  changed  failed  conn/exec    sent  received    time
cp1   changed   1        1       0        1/1   41 kB      2 kB  1m 11s
w1    changed   0        2       0        1/2  2.4 MB     980 B  1m 14s
w2    failed    0        0       1        1/1   41 kB      2 kB     40s

failed on w2: docker task
  at playbooks/cluster/docker.yaml:31:7 (apply ended with status 100)
  | Get:1 http://mirror/debian
  | E: write error - write (28: No space left on device)
  hint: a disk of the host is full: find it with \`df -h\` and \`df -i\`, free space, then run again

warning: cp1: clock is 0.4 s behind

Critical path
  cp1  connect    0.5s
  cp1  prepare    0.4s
  cp1  init     1m 09s
  w1   join       3.5s  after waiting for joinToken from cp1

1 of 3 hosts failed after 1m 14s
`),
  )
})

const verdicts: { name: string; entries: Entry[]; exitCode: number; last: string }[] = [
  {
    name: 'nothing to do',
    entries: [started(['a', 'b']), finished(0.4, 'a', 'converged'), finished(0.4, 'b', 'converged')],
    exitCode: 0,
    last: 'Converged: no changes on 2 hosts in 0.4s',
  },
  {
    name: 'changes made, one host known to be down',
    entries: [
      started(['a', 'b']),
      finished(0, 'b', 'down'),
      task(2, 'a', 'prepare', 'changed'),
      finished(2, 'a', 'changed'),
    ],
    exitCode: 0,
    last: 'Converged: 1 change on 1 host in 2.0s, 1 skipped as unreachable',
  },
  {
    name: 'a plan that finds nothing',
    entries: [started(['a'], 'check'), finished(0.4, 'a', 'converged')],
    exitCode: 0,
    last: 'Nothing to change (1 host, 0.4s)',
  },
  {
    name: 'a plan that finds changes',
    entries: [started(['a'], 'check'), task(0.2, 'a', 'prepare', 'would-change'), finished(0.4, 'a', 'drifted')],
    exitCode: 3,
    last: 'Changes on 1 of 1 host (0.4s); no changes were made',
  },
  {
    name: 'a plan on a host that cannot be reached',
    entries: [
      started(['a', 'b'], 'check'),
      finished(1, 'a', 'drifted'),
      finished(1, 'b', 'unreachable', { error: 'no' }),
    ],
    exitCode: 1,
    last: '1 of 2 hosts failed after 1.0s',
  },
  {
    name: 'interrupted: hosts that did not end are told apart from those that did not begin',
    entries: [started(['a', 'b']), state(1, 'a', 'running'), task(3, 'a', 'prepare', 'changed')],
    exitCode: 130,
    last: 'Interrupted after 3.0s: run again to continue',
  },
]

test.each(verdicts)('verdict: $name', ({ entries, exitCode, last }) => {
  const summary = summarize(foldAll(events(entries)))
  expect(summary.exitCode).toBe(exitCode)
  expect(summaryText(summary).split('\n').at(-1)).toBe(last)
})

test('hosts that fail in the same way are told together, and many that are fine only counted', () => {
  const all = Array.from({ length: 100 }, (_, index) => `w${index + 1}`)
  const error = 'connect ECONNREFUSED'
  const entries = [
    started(all),
    ...all.map((host, index) =>
      index < 12 ? finished(1, host, 'unreachable', { error }) : finished(1, host, 'changed'),
    ),
  ]
  const text = summaryText(summarize(foldAll(events(entries))))
  expect(text).toContain('and 88 hosts ok')
  expect(text).toContain('unreachable: w1, w2, w3, w4, w5, w6, w7, w8 and 4 more: connect ECONNREFUSED')
  expect(text).not.toContain('w13')
})

test('a plan shows changes with diffs, hosts with the same ones together', () => {
  const diff = '--- /etc/motd\n+++ /etc/motd\n@@ -1 +1 @@\n-old\n+new\n'
  const view = createPlanView()
  const changes = (host: string) => [
    task(1, host, 'prepare', 'ok'),
    task(1, host, 'prepare', 'would-change', { diff, title: 'Greeting' }),
    task(1, host, 'docker', 'unknown', { title: 'Docker running' }),
  ]
  const entries = [started(['w1', 'w2', 'cp1'], 'check'), ...changes('w1'), ...changes('w2')]
  for (const event of events([...entries, task(1, 'cp1', 'init', 'would-change', { title: 'Cluster' })]))
    view.event(event)
  expect(view.text()).toBe(
    lines(`
w1, w2: 1 change, 1 that depend on earlier changes
  prepare
    ~ Greeting  playbooks/cluster/docker.yaml:31:7
        --- /etc/motd
        +++ /etc/motd
        @@ -1 +1 @@
        -old
        +new
  docker
    ? Docker running  playbooks/cluster/docker.yaml:31:7

cp1: 1 change
  init
    ~ Cluster  playbooks/cluster/docker.yaml:31:7
`),
  )
})

const live: { name: string; entries: Entry[]; at: number; rows: number; expected: string[] }[] = [
  {
    name: 'a line a host',
    entries: [
      started(['cp1', 'w1', 'w2', 'w3', 'w4']),
      state(1, 'cp1', 'running'),
      task(1, 'cp1', 'docker', 'start', { title: 'Docker' }),
      [6, { kind: 'progress', host: 'cp1', task: 't1', seconds: 5, line: 'Unpacking\u001b[2J docker.io' }],
      state(1, 'w1', 'running'),
      waiting(4, 'w1', 'joinToken', ['cp1']),
      task(5, 'w2', 'prepare', 'failed', { stage: 'check', code: 2, title: 'Swap' }),
      finished(5, 'w2', 'failed'),
      state(5, 'w3', 'connecting'),
    ],
    at: 7,
    rows: 24,
    expected: [
      'active cp1  docker: Docker (6.0s)  Unpacking docker.io',
      'active w1   waiting for joinToken from cp1 (6.0s)',
      'failed w2   failed in 5.0s: Swap',
      'active w3   connecting (2.0s)',
      'active w4   queued',
    ],
  },
  {
    name: 'more hosts than lines: counts, failures, those at work before those that wait',
    entries: [
      started(Array.from({ length: 1000 }, (_, index) => `n${index}`)),
      finished(5, 'n0', 'unreachable', { error: 'no route' }),
      finished(5, 'n1', 'changed'),
      state(5, 'n2', 'running'),
      waiting(5, 'n2', 'joinToken', ['n1']),
      state(5, 'n3', 'running'),
    ],
    at: 6,
    rows: 10,
    expected: [
      'active 1 of 1000 hosts done, 1 failed, 1 running, 1 waiting, 996 queued',
      'failed n0    unreachable in 5.0s: no route',
      'active n3    starting: checking (1.0s)',
      'active n2    waiting for joinToken from n1 (1.0s)',
    ],
  },
]

test.each(live)('live view: $name', ({ entries, at, rows, expected }) => {
  const shown = liveRows(foldAll(events(entries)), { rows, columns: 100, now: () => START + at * 1000 })
  expect(shown.map((row) => `${row.state} ${row.text}`)).toEqual(expected)
})

test('no line is wider than the terminal', () => {
  const title = 'a very long title '.repeat(20)
  const entries = [started(['a']), state(0, 'a', 'running'), task(1, 'a', 'prepare', 'start', { title })]
  const rows = liveRows(foldAll(events(entries)), { rows: 24, columns: 80, now: () => START + 2000 })
  expect(rows[0]?.text.length).toBeLessThanOrEqual(78)
})

test('every event is as the schema says, the summary too, and survives being a line', () => {
  const all = events(mixedRun)
  const summary: RunEvent = { kind: 'summary', at: START, ...summarize(foldAll(all)) }
  const published = z.fromJSONSchema(JSON.parse(JSON.stringify(eventJsonSchema())))
  for (const event of [...all, summary]) {
    const line = jsonLine(event)
    expect(line).not.toContain('\n')
    const read = JSON.parse(line)
    // Parsing drops what the schema does not name.
    expect(runEventSchema.parse(read)).toEqual(read)
    expect(published.safeParse(read).success).toBe(true)
  }
  expect(published.safeParse({ kind: 'summary', at: START }).success).toBe(false)
})

test('the published schema is the one in use (vitest -u writes it anew)', async () => {
  const schema = `${JSON.stringify(eventJsonSchema(), null, 2)}\n`
  await expect(schema).toMatchFileSnapshot('../../../docs/schema/events.json')
})
