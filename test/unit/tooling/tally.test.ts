import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tally } from '../../tally.ts'

const directory = mkdtempSync(join(tmpdir(), 'tally-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const report = (numPassedTests: number, numFailedTests: number, files: [string, string[]][] = []) =>
  JSON.stringify({
    numPassedTests,
    numFailedTests,
    testResults: files.map(([status, tests]) => ({ status, assertionResults: tests.map((one) => ({ status: one })) })),
  })

const cases: { name: string; files: Record<string, string>; passed: number; failed: number }[] = [
  { name: 'nothing', files: {}, passed: 0, failed: 0 },
  { name: 'checks', files: { 'types.check': '0\n', 'format.check': '1\n' }, passed: 1, failed: 1 },
  { name: 'a suite', files: { 'unit.suite': '1\n', 'unit.json': report(7, 2) }, passed: 7, failed: 2 },
  {
    name: 'a file that does not load',
    files: { 'unit.suite': '1\n', 'unit.json': report(7, 0, [['failed', []]]) },
    passed: 7,
    failed: 1,
  },
  { name: 'a suite that died without a report', files: { 'lab.suite': '137\n' }, passed: 0, failed: 1 },
  { name: 'an error outside tests', files: { 'unit.suite': '1\n', 'unit.json': report(7, 0) }, passed: 7, failed: 1 },
]

test.each(cases)('counts $name', ({ files, passed, failed }) => {
  const results = mkdtempSync(join(directory, 'case-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(results, name), text)
  expect(tally(results)).toEqual({ passed, failed })
})
