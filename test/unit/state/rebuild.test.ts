import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { type RebuildState, readJournal, removeJournal, writeJournal } from '../../../src/state/rebuild.ts'

let place: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'provision-rebuild-'))
})

afterEach(() => rm(place, { recursive: true }))

const state: RebuildState = {
  format: 1,
  id: '20261121-110000-ab12',
  begunAt: '2026-11-21T11:00:00.000Z',
  kind: 'rebuild',
  stage: 'saved',
  from: 'what etcd left on cp1',
  archive: { file: '/x/lab.tar.age', sha256: 'f'.repeat(64) },
  before: { w1: { boot: 'b', containers: [{ pod: 'a/b', id: 'c', started: 7 }] } },
}

it('is read as it was written, for its owner only', async () => {
  const directory = join(place, 'rebuild')
  expect(await readJournal(directory)).toBeUndefined()
  await writeJournal(directory, { ...state, stage: 'saving' })
  await writeJournal(directory, state)
  expect(await readJournal(directory)).toEqual(state)
  expect(await readdir(directory)).toEqual(['state.json'])
  expect((await stat(join(directory, 'state.json'))).mode & 0o777).toBe(0o600)
  await removeJournal(directory)
  await removeJournal(directory)
  expect(await readJournal(directory)).toBeUndefined()
})

it.each(['', '{', '{"format":2}', JSON.stringify({ ...state, stage: 'done' })])('refuses %j', async (text) => {
  await writeFile(join(place, 'state.json'), text)
  await expect(readJournal(place)).rejects.toThrow(UserError)
})
