import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Tally {
  readonly passed: number
  readonly failed: number
}

/** The part of Vitest's JSON report that is counted. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/**
 * Adds up a directory of results: NAME.check holds the exit status of a check, NAME.suite that of a test suite,
 * whose Vitest report is NAME.json. A suite that ended badly without a failed test counts as one failure.
 */
export function tally(directory: string): Tally {
  let passed = 0
  let failed = 0
  for (const file of readdirSync(directory)) {
    const [name, kind] = file.split('.') as [string, string | undefined]
    if (kind !== 'check' && kind !== 'suite') continue
    const good = readFileSync(join(directory, file), 'utf8').trim() === '0'
    const own = kind === 'check' ? { passed: good ? 1 : 0, failed: 0 } : count(join(directory, `${name}.json`))
    passed += own.passed
    failed += good ? own.failed : Math.max(1, own.failed)
  }
  return { passed, failed }
}

/** A file that does not load has no tests of its own to fail: it counts as one failure. */
function count(file: string): Tally {
  if (!existsSync(file)) return { passed: 0, failed: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.every((test) => test.status !== 'failed'),
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length }
}

if (import.meta.main) {
  const directory = process.argv[2]
  if (directory === undefined) throw new Error('usage: tally.ts DIRECTORY')
  const { passed, failed } = tally(directory)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
