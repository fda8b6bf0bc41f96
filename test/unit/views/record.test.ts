import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { foldAll } from '../../../src/views/fold.ts'
import { openRecord } from '../../../src/views/record.ts'
import { summarize } from '../../../src/views/summarize.ts'
import { events, mixedRun, START } from './scenario.ts'

const directory = mkdtempSync(join(tmpdir(), 'record-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const mode = (path: string) => statSync(path).mode & 0o777

test('a record holds every event as it comes, and the summary, for its owner only', () => {
  const runs = join(directory, '.provision/lab/runs')
  const all = events(mixedRun)
  const record = openRecord(runs, 'r1')
  for (const event of all) record.event(event)
  const log = join(runs, 'r1/events.jsonl')
  const read = () =>
    readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  // Nothing has been closed yet: a killed run leaves as much.
  expect(read()).toEqual(all)

  const summary = summarize(foldAll(all))
  record.event({ kind: 'summary', at: START, ...summary })
  record.close()
  record.event(all[0] as (typeof all)[0])
  record.close()
  expect(read().at(-1)).toMatchObject({ kind: 'summary', run: 'r1' })
  expect(JSON.parse(readFileSync(join(runs, 'r1/summary.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(summary)))
  expect([mode(runs), mode(join(runs, 'r1')), mode(log), mode(join(runs, 'r1/summary.json'))]).toEqual([
    0o700, 0o700, 0o600, 0o600,
  ])
})

test('the last 50 runs are kept, and nothing but records is ever removed', () => {
  const runs = join(directory, 'many')
  mkdirSync(join(runs, 'of-somebody'), { recursive: true })
  writeFileSync(join(runs, 'notes.txt'), 'mine')
  for (let number = 1; number <= 52; number += 1) {
    openRecord(runs, `r${number}`).close()
    utimesSync(join(runs, `r${number}`, 'events.jsonl'), START / 1000, START / 1000 + number)
  }
  const left = readdirSync(runs)
  expect(left).toHaveLength(52)
  expect(left).toEqual(expect.arrayContaining(['of-somebody', 'notes.txt', 'r3', 'r52']))
  expect(left).not.toContain('r2')
})
