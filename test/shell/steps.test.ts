import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { makePlace, outline, shells, type TestTask, textOf } from './harness.ts'

interface Case {
  name: string
  mode?: 'apply' | 'check'
  tasks: TestTask[]
  expect: string[]
  /** Paths below $W that must not be there afterwards. */
  absent?: string[]
  log?: Record<string, string>
  logLines?: Record<string, number>
  logEnds?: Record<string, string>
  diff?: Record<string, string>
}

const cases = parse(readFileSync(new URL('cases/steps.yaml', import.meta.url), 'utf8')) as Case[]

describe.concurrent.each(shells)('steps under %s', (shell) => {
  it.each(cases)('$name', async (given) => {
    const place = makePlace()
    try {
      const program = place.program(shell, given.tasks, { mode: given.mode ?? 'apply' })
      const events = await program.run()
      const wanted = given.expect.map((line) =>
        line.endsWith('*') ? expect.stringContaining(line.slice(0, -1)) : line,
      )
      expect(outline(events)).toEqual(wanted)
      expect(events[0]).toEqual({ kind: 'begin', tasks: given.tasks.length })
      for (const path of given.absent ?? []) expect(existsSync(join(place.work, path)), path).toBe(false)
      for (const [task, text] of Object.entries(given.log ?? {})) expect(textOf(events, 'log', task)).toBe(text)
      for (const [task, text] of Object.entries(given.diff ?? {})) expect(textOf(events, 'diff', task)).toBe(text)
      for (const [task, text] of Object.entries(given.logEnds ?? {}))
        expect(textOf(events, 'log', task).slice(-text.length)).toBe(text)
      for (const [task, count] of Object.entries(given.logLines ?? {})) {
        expect(textOf(events, 'log', task).trimEnd().split('\n')).toHaveLength(count)
      }
      expect(existsSync(join(program.directory, 'program')), 'the program removes itself').toBe(false)
    } finally {
      place.remove()
    }
  })
})
