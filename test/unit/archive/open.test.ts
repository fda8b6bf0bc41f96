import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeEncrypted } from '../../../src/archive/encrypted-file.ts'
import { identitiesIn, type Lock } from '../../../src/archive/encryption-keys.ts'
import { openArchive } from '../../../src/archive/open.ts'
import { UserError } from '../../../src/errors.ts'
import { recipientProblem } from '../../../src/inventory/backup/age-recipient.ts'
import { goodEntries, makeTar, manifest } from './make.ts'

const tar = makeTar(goodEntries())
let directory: string
let file: string
let identity: string
let other: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'provision-archive-'))
  identity = await generateX25519Identity()
  other = await generateX25519Identity()
  file = await make('a.tar.age', {
    recipients: [await identityToRecipient(other), await identityToRecipient(identity)],
  })
})
afterAll(() => rmSync(directory, { recursive: true }))

async function make(name: string, lock: Lock): Promise<string> {
  const path = join(directory, name)
  await writeEncrypted(path, lock, Readable.from([tar.subarray(0, 1000), tar.subarray(1000)]))
  return path
}

function copy(name: string, change: (bytes: Buffer) => Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, change(readFileSync(file)))
  return path
}

describe('an archive', () => {
  it('is for its owner only, and appears whole', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(directory)).toEqual(['a.tar.age'])
  })

  it('opens with the identity of any of its recipients, and gives its tar from any byte', async () => {
    for (const one of [identity, other]) {
      const archive = await openArchive(file, { identities: [one] }, 'prod')
      expect(archive).toMatchObject({ manifest, size: tar.length, file })
      expect((await buffer(archive.tar())).equals(tar)).toBe(true)
      expect((await buffer(archive.tar(100_001))).equals(tar.subarray(100_001))).toBe(true)
      expect((await buffer(archive.tar(tar.length))).length).toBe(0)
    }
  })

  it('opens with its passphrase, and with no other', async () => {
    const path = await make('p.tar.age', { passphrase: 'correct horse' })
    expect((await openArchive(path, { passphrase: 'correct horse' }, undefined)).manifest).toEqual(manifest)
    await expect(openArchive(path, { passphrase: 'battery staple' }, 'prod')).rejects.toThrow(
      `the passphrase is not that of ${path}`,
    )
    await expect(openArchive(path, { identities: [identity] }, 'prod')).rejects.toThrow(
      `${path} is encrypted with a passphrase`,
    )
  }, 180_000)

  it('does not open with another identity, or none', async () => {
    const stranger = await generateX25519Identity()
    await expect(openArchive(file, { identities: [stranger] }, 'prod')).rejects.toThrow(
      `the identity does not open ${file}`,
    )
    await expect(openArchive(file, { passphrase: 'x' }, 'prod')).rejects.toThrow(`${file} is encrypted for recipients`)
  })

  it('of another cluster is refused', async () => {
    await expect(openArchive(file, { identities: [identity] }, 'staging')).rejects.toThrow(
      'is an archive of the cluster prod, not of staging',
    )
  })

  it('that is not there, or is none, is said', async () => {
    const keys = { identities: [identity] }
    await expect(openArchive(join(directory, 'none'), keys, 'prod')).rejects.toThrow('there is no archive')
    await expect(
      openArchive(
        copy('tar', () => tar),
        keys,
        'prod',
      ),
    ).rejects.toThrow('is no encrypted archive')
    await expect(
      openArchive(
        copy('empty', () => Buffer.alloc(0)),
        keys,
        'prod',
      ),
    ).rejects.toThrow('is no encrypted archive')
    await expect(openArchive(directory, keys, 'prod')).rejects.toThrow('cannot be read')
  })

  it('cut short anywhere is refused', async () => {
    const { size } = statSync(file)
    const chunks = Array.from({ length: 5 }, (_, index) => size - index * 65_552)
    const cuts = [1, 21, 22, 100, 300, 430, ...chunks.map((at) => at - 1), size - 65_552, size - 2 * 65_552]
    cuts.push(...Array.from({ length: 20 }, (_, index) => Math.floor((index * size) / 20)))
    for (const cut of cuts.filter((at) => at > 0)) {
      const path = copy('cut', (bytes) => bytes.subarray(0, cut))
      const refused = openArchive(path, { identities: [identity] }, 'prod')
      await expect(refused, `cut at ${cut}`).rejects.toThrow(UserError)
      if (cut > 500) await expect(refused, `cut at ${cut}`).rejects.toThrow(`${path} is not whole: it was cut short`)
    }
  })

  it('altered at any byte is refused', async () => {
    const { size } = statSync(file)
    const places = [
      0,
      10,
      25,
      60,
      150,
      300,
      420,
      size - 1,
      ...Array.from({ length: 30 }, () => Math.floor(Math.random() * size)),
    ]
    for (const at of places) {
      const path = copy('altered', (bytes) => {
        bytes[at] = (bytes[at] as number) ^ 0x20
        return bytes
      })
      await expect(openArchive(path, { identities: [identity] }, 'prod'), `altered at ${at}`).rejects.toThrow(UserError)
    }
    const middle = copy('altered', (bytes) => {
      bytes[100_000] = (bytes[100_000] as number) ^ 1
      return bytes
    })
    await expect(openArchive(middle, { identities: [identity] }, 'prod')).rejects.toThrow(`${middle} was altered`)
  })

  it('with more behind it is refused', async () => {
    const path = copy('longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')]))
    await expect(openArchive(path, { identities: [identity] }, 'prod')).rejects.toThrow(UserError)
  })

  it('whose source fails leaves nothing', async () => {
    const before = readdirSync(directory)
    const broken = Readable.from(
      (async function* () {
        yield tar.subarray(0, 1000)
        throw new Error('the host went down')
      })(),
    )
    await expect(
      writeEncrypted(join(directory, 'b.tar.age'), { recipients: [await identityToRecipient(identity)] }, broken),
    ).rejects.toThrow('the host went down')
    expect(readdirSync(directory)).toEqual(before)
  })
})

describe('a place where nothing can be written', () => {
  it('is an error at once, and not a wait for ever', async () => {
    const lock = { recipients: [await identityToRecipient(identity)] }
    const source = () => Readable.from([Buffer.alloc(5_000_000), Buffer.alloc(5_000_000)])
    await expect(writeEncrypted(join(directory, 'no/such/place'), lock, source())).rejects.toThrow('ENOENT')
    await expect(writeEncrypted('/dev/full/x', lock, source())).rejects.toThrow('ENOTDIR')
  })
})

describe('keys', () => {
  it('are read from the file that age-keygen writes', () => {
    const text = `# created: 2026-11-21\n# public key: age1...\n${identity}\n\n${other}\n`
    expect(identitiesIn(text, 'key.txt')).toEqual([identity, other])
  })

  it.each([
    ['', /key\.txt holds no identity/],
    ['# nothing\n', /key\.txt holds no identity/],
    ['age1qqqq\n', /key\.txt holds something that is no identity of age/],
    ['age-encryption.org/v1\n...', /key\.txt is encrypted itself/],
  ])('that are none are refused: %j', (text, message) => {
    expect(() => identitiesIn(text, 'key.txt')).toThrow(message)
  })

  it('to encrypt for are public ones', async () => {
    expect(recipientProblem(await identityToRecipient(identity))).toBeUndefined()
    expect(recipientProblem(identity)).toMatch(/secret key/)
    expect(recipientProblem('ssh-ed25519 AAAA')).toMatch(/SSH key/)
    expect(recipientProblem('age1nonsense')).toMatch(/not a public key/)
  })
})
