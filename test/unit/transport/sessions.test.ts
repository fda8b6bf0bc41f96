import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { bootstrapError } from '../../../src/transport/session-refusal.ts'

interface Case {
  /** Where it was published: owner/repository#number. */
  readonly source: string
  readonly log: string
  readonly hadPassword?: boolean
  readonly hint: string
}

const cases: Case[] = parse(readFileSync(new URL('sessions.yaml', import.meta.url), 'utf8'))

test.each(cases)('$source', ({ log, hadPassword = false, hint }) => {
  const { message, hint: told } = bootstrapError({ said: log.trimEnd().split('\n'), hadPassword, exitCode: 1 })
  expect(`${message}\n${told}`).toContain(hint)
})
