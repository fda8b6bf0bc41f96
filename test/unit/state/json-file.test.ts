import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readCache, readState, writeState } from '../../../src/state/json-file.ts'
import { z } from '../../../src/zod.ts'

const schema = z.object({ stage: z.string() })
const damaged = { by: 'a rebuild', hint: 'look at it' }

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'provision-state-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'below', 'state.json')
}

it('is read as it was written, for its owner only, and nothing is left beside it', () => {
  const file = place()
  expect(readState(file, schema, damaged)).toBeUndefined()
  expect(readCache(file, schema)).toBeUndefined()
  writeState(file, { stage: 'saving' })
  writeState(file, { stage: 'saved' })
  expect(readState(file, schema, damaged)).toEqual({ stage: 'saved' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(file, '..'))).toEqual(['state.json'])
})

it.each(['', '{', '[]', '{"stage":1}'])('damaged: %j is an error in a journal, and nothing in a cache', (text) => {
  const file = place()
  mkdirSync(join(file, '..'))
  writeFileSync(file, text)
  expect(() => readState(file, schema, damaged)).toThrow(`${file} is not a valid record of a rebuild`)
  expect(readCache(file, schema)).toBeUndefined()
})

it('what cannot be read is an error in both', () => {
  const file = place()
  mkdirSync(file, { recursive: true })
  expect(() => readState(file, schema, damaged)).toThrow(file)
  expect(() => readCache(file, schema)).toThrow(file)
})
