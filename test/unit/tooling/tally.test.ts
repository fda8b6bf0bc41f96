import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tally } from '../../tally.ts'

const directory = mkdtempSync(join(tmpdir(), 'tally-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

type File = [name: string, status: string, failed: string[]]

const report = (numPassedTests: number, files: File[] = []) =>
  JSON.stringify({
    numPassedTests,
    testResults: files.map(([name, status, failed]) => ({
      name: join(process.cwd(), name),
      status,
      message: 'no such module\n  at line 1',
      assertionResults: [
        { status: 'passed', fullName: 'is right' },
        ...failed.map((fullName) => ({
          status: 'failed',
          fullName,
          failureMessages: ['Error: 1 is not 2\n  at line 7'],
        })),
      ],
    })),
  })

const cases: { name: string; files: Record<string, string>; passed: number; failures: string[] }[] = [
  { name: 'nothing', files: {}, passed: 0, failures: [] },
  {
    name: 'checks',
    files: { 'types.check': '0\n', 'format.check': '1\n' },
    passed: 1,
    failures: ['format: ended badly without a failed test'],
  },
  {
    name: 'a suite',
    files: { 'unit.suite': '1\n', 'unit.json': report(7, [['test/a.test.ts', 'failed', ['counts', 'adds']]]) },
    passed: 7,
    failures: ['unit: test/a.test.ts: counts: Error: 1 is not 2', 'unit: test/a.test.ts: adds: Error: 1 is not 2'],
  },
  { name: 'a suite that passed', files: { 'unit.suite': '0\n', 'unit.json': report(7) }, passed: 7, failures: [] },
  {
    name: 'a file that does not load',
    files: { 'unit.suite': '1\n', 'unit.json': report(7, [['test/a.test.ts', 'failed', []]]) },
    passed: 7,
    failures: ['unit: test/a.test.ts: no such module'],
  },
  {
    name: 'a suite that died without a report',
    files: { 'lab.suite': '137\n' },
    passed: 0,
    failures: ['lab: ended badly without a failed test'],
  },
  {
    name: 'an error outside tests',
    files: { 'unit.suite': '1\n', 'unit.json': report(7) },
    passed: 7,
    failures: ['unit: ended badly without a failed test'],
  },
]

test.each(cases)('counts $name', ({ files, passed, failures }) => {
  const results = mkdtempSync(join(directory, 'case-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(results, name), text)
  expect(tally(results)).toEqual({ passed, failed: failures.length, failures })
})
