import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import type { RunEvent } from '../../../src/events/run-event.ts'
import { openReport } from '../../../src/views/report.ts'
import { events, mixedRun } from './scenario.ts'

const directory = mkdtempSync(join(tmpdir(), 'report-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const all = events(mixedRun)
const started = all[0] as Extract<RunEvent, { kind: 'run-started' }>

/** Reports the run, with what `change` makes of its events, and says what was on the screen. */
async function report(records: string, change: (event: RunEvent) => RunEvent = (event) => event) {
  let screen = ''
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      screen += chunk
      done()
    },
  }) as unknown as NodeJS.WriteStream
  const report = openReport({ output: 'plain', records, stdout })
  for (const event of all) report.event(change(event))
  return { summary: await report.finish(), screen }
}

const right = await report(join(directory, 'right'))

test.each([
  [
    'a full disk',
    (runs: string) => {
      mkdirSync(join(runs, started.run), { recursive: true })
      symlinkSync('/dev/full', join(runs, started.run, 'events.jsonl'))
    },
  ],
  ['no directory to be made', (runs: string) => writeFileSync(runs, '')],
])('a record with %s is told of once and given up: the run is as it was', async (name, prepare) => {
  const runs = join(directory, name)
  prepare(runs)
  const { summary, screen } = await report(runs)
  const told = summary.warnings.filter(({ message }) =>
    /^the record of this run can no longer be written/.test(message),
  )
  expect(told).toHaveLength(1)
  expect(told[0]?.message).toMatch(/ENOSPC|EEXIST|ENOTDIR/)
  expect(screen).toContain(told[0]?.message)
  expect({ ...summary, warnings: summary.warnings.filter((each) => !told.includes(each)), seconds: 0 }).toEqual({
    ...right.summary,
    seconds: 0,
  })
})

test('a view that throws is told of once and given up: the record and the outcome are as they were', async () => {
  const runs = join(directory, 'view')
  let broken = false
  const { summary } = await report(runs, (event) => {
    if (broken || event.kind !== 'progress') return event
    broken = true
    // What no event looks like.
    return { ...event, seconds: 120, line: undefined as never }
  })
  expect(broken).toBe(true)
  expect(summary.exitCode).toBe(right.summary.exitCode)
  expect(summary.hosts.map(({ name, outcome }) => [name, outcome])).toEqual(
    right.summary.hosts.map(({ name, outcome }) => [name, outcome]),
  )
  const record = readFileSync(join(runs, started.run, 'events.jsonl'), 'utf8')
  expect(record.match(/the progress of this run can no longer be shown/g)).toHaveLength(2)
  expect(record.trimEnd().split('\n')).toHaveLength(all.length + 2)
})
