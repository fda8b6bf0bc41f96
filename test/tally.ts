import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

interface Tally {
  readonly passed: number
  readonly failed: number
  /** One line for each failure: suite, file, test and the first line of what it said. */
  readonly failures: readonly string[]
}

/** The part of Vitest's JSON report that is counted. */
interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/**
 * Adds up a directory of results: NAME.check holds the exit status of a check, NAME.suite that of a test suite,
 * whose Vitest report is NAME.json. A suite that ended badly without a failed test counts as one failure.
 */
export function tally(directory: string): Tally {
  let passed = 0
  const failures: string[] = []
  for (const file of readdirSync(directory).sort()) {
    const [name, kind] = file.split('.') as [string, string | undefined]
    if (kind !== 'check' && kind !== 'suite') continue
    const good = readFileSync(join(directory, file), 'utf8').trim() === '0'
    const report = kind === 'check' ? undefined : reportOf(join(directory, `${name}.json`))
    passed += kind === 'check' ? Number(good) : (report?.numPassedTests ?? 0)
    if (good) continue
    const own = report === undefined ? [] : failuresOf(report)
    failures.push(...(own.length > 0 ? own : ['ended badly without a failed test']).map((line) => `${name}: ${line}`))
  }
  return { passed, failed: failures.length, failures }
}

const reportOf = (file: string): Report | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined

/** A file that does not load has no tests of its own to fail: it counts as one failure. */
function failuresOf(report: Report): string[] {
  return report.testResults.flatMap((result) => {
    const failed = result.assertionResults.filter((test) => test.status === 'failed')
    const file = relative(process.cwd(), result.name)
    if (failed.length === 0) return result.status === 'failed' ? [`${file}: ${firstLine(result.message)}`] : []
    return failed.map((test) => `${file}: ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`)
  })
}

const firstLine = (text = ''): string => text.split('\n', 1)[0] as string

if (import.meta.main) {
  const directory = process.argv[2]
  if (directory === undefined) throw new Error('usage: tally.ts DIRECTORY')
  const { passed, failed, failures } = tally(directory)
  // The end of the output is what is looked at first, and often all that is kept.
  for (const failure of failures) console.log(`failed  ${failure}`)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
