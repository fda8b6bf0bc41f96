import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ageOf } from '../../../src/archive/age.ts'
import { writeEncrypted } from '../../../src/archive/encrypted-file.ts'
import { goodEntries, goodFiles, makeTar, manifest } from './make.ts'

let directory: string
let identities: string[]

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'provision-age-'))
  identities = [await generateX25519Identity()]
})
afterEach(() => rmSync(directory, { recursive: true }))

async function archive(name: string): Promise<string> {
  const file = join(directory, name)
  const tar = makeTar(goodEntries(goodFiles({ 'manifest.json': JSON.stringify(manifest) })))
  const recipients = [await identityToRecipient(identities[0] ?? '')]
  await writeEncrypted(file, { recipients }, Readable.from([tar]))
  // A copy that was made today.
  utimesSync(file, new Date(), new Date())
  return file
}

it.each(['prod-20201121-030000Z.tar.age', 'prod-20201121-030000-ab12.tar.age', 'from-the-safe.tar.age'])(
  'an archive that opens is as old as its manifest says: %s',
  async (name) => {
    expect(await ageOf(await archive(name), 'prod', { identities })).toBe(Date.parse(manifest.createdAt))
    expect(await ageOf(await archive(name), 'staging', { identities })).toBeUndefined()
  },
)

it.each([
  ['prod-20201121-030000Z.tar.age', Date.UTC(2020, 10, 21, 3)],
  ['prod-20201121-030000-ab12.tar.age', Date.UTC(2020, 10, 21, 3)],
  ['staging-20201121-030000Z.tar.age', undefined],
  ['from-the-safe.tar.age', undefined],
])('one that does not, as its name says: %s', async (name, at) => {
  const file = await archive(name)
  expect(await ageOf(file, 'prod', undefined)).toBe(at)
  expect(await ageOf(file, 'prod', { identities: [await generateX25519Identity()] })).toBe(at)
})
