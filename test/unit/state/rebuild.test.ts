import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import type { Inventory } from '../../../src/inventory/inventory.ts'
import { statePaths } from '../../../src/state/paths.ts'
import {
  type RebuildState,
  readRebuildState,
  removeRebuildState,
  writeRebuildState,
} from '../../../src/state/rebuild.ts'

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

const inventoryIn = (directory: string) =>
  ({ file: join(directory, 'hosts.yaml'), cluster: 'office', backup: {} }) as unknown as Inventory

it('is read as it was written, for its owner only', async () => {
  const inventory = inventoryIn(place)
  const { rebuild, rebuilds } = statePaths(inventory)
  expect(readRebuildState(inventory)).toBeUndefined()
  writeRebuildState(inventory, { ...state, stage: 'saving' })
  writeRebuildState(inventory, state)
  expect(readRebuildState(inventory)).toEqual(state)
  expect(await readdir(rebuilds)).toEqual(['state.json'])
  expect((await stat(rebuild)).mode & 0o777).toBe(0o600)
  removeRebuildState(inventory)
  removeRebuildState(inventory)
  expect(readRebuildState(inventory)).toBeUndefined()
})

it.each(['', '{', '{"format":2}', JSON.stringify({ ...state, stage: 'done' })])('refuses %j', async (text) => {
  const inventory = inventoryIn(place)
  const { rebuild, rebuilds } = statePaths(inventory)
  await mkdir(rebuilds, { recursive: true })
  await writeFile(rebuild, text)
  expect(() => readRebuildState(inventory)).toThrow(UserError)
})
