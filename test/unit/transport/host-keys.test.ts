import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createHostKeys } from '../../../src/transport/host-keys.ts'
import type { HostNotice } from '../../../src/transport/notice.ts'
import { RefusedError } from '../../../src/transport/refusal.ts'
import { blob } from './keys.ts'

const all = mkdtempSync(join(tmpdir(), 'host-keys-'))
const key = blob('ssh-ed25519', 'this one')
let file: string
let notices: HostNotice[]

beforeEach(() => {
  file = join(mkdtempSync(join(all, 'case-')), 'lab/known_hosts')
  notices = []
})

afterAll(() => rmSync(all, { recursive: true }))

const notify = (notice: HostNotice) => notices.push(notice)

it('pins on a line of its own, whatever the file ends with', () => {
  createHostKeys(file).verify('10.0.0.1', 22, key, 'pin', notify)
  writeFileSync(file, readFileSync(file, 'utf8').trimEnd())
  createHostKeys(file).verify('10.0.0.2', 22, key, 'pin', notify)
  const keys = createHostKeys(file)
  for (const address of ['10.0.0.1', '10.0.0.2']) keys.verify(address, 22, key, 'strict', notify)
  expect(notices).toHaveLength(2)
})

it('trusts no key that it could not record, however often it is shown', () => {
  const keys = createHostKeys(file)
  keys.verify('10.0.0.1', 22, key, 'pin', notify)
  rmSync(file)
  // A directory in its place stands for a disk that cannot be written: the one thing that stops root, too.
  mkdirSync(file)
  for (const _time of [1, 2]) {
    expect(() => keys.verify('10.0.0.9', 22, key, 'pin', notify)).toThrow(RefusedError)
    expect(() => keys.verify('10.0.0.9', 22, key, 'pin', notify)).toThrow(`cannot be stored: ${file} cannot be`)
  }
  expect(notices).toHaveLength(1)
  // What was recorded while that worked is known.
  keys.verify('10.0.0.1', 22, key, 'strict', notify)
})
