import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  addNote,
  archiveName,
  listArchives,
  madeAt,
  makeDirectory,
  prunable,
  pruneArchives,
  type Stored,
} from '../../../src/archive/store.ts'
import type { KeepRule } from '../../../src/inventory/backup/backup.ts'
import { manifest } from './make.ts'

interface Case {
  readonly name: string
  readonly keep: KeepRule
  readonly archives: readonly string[]
}

const cases = parse(readFileSync(new URL('cases/prune.yaml', import.meta.url), 'utf8')) as Case[]
const script = new URL('../../../scripts/backup/archive.sh', import.meta.url).pathname
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-store-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const nameOf = (stamp: string): string => `prod-${stamp.replace(/^!/, '')}Z.tar.age`
const kept = (one: Case): string[] => one.archives.filter((stamp) => !stamp.startsWith('!')).map(nameOf)

describe('the rule', () => {
  it.each(cases)('keeps: $name', (one) => {
    const archives = one.archives.map((stamp): Stored => {
      const name = nameOf(stamp)
      return { name, file: name, size: 1, at: madeAt(name, 'prod') ?? Number.NaN }
    })
    const gone = new Set(prunable(archives.toReversed(), one.keep))
    expect(archives.filter((each) => !gone.has(each)).map((each) => each.name)).toEqual(kept(one))
  })

  it.each(cases.flatMap((one) => ['dash', 'bash', 'busybox sh'].map((shell) => ({ ...one, shell }))))(
    'is the same on hosts, under $shell: $name',
    (one) => {
      for (const stamp of one.archives) writeFileSync(join(directory, nameOf(stamp)), '')
      // Neither another cluster's archives nor anything else are its business.
      const others = ['last', 'other-20200101-000000Z.tar.age', 'prod-2-20200101-000000Z.tar.age', '.prod.part']
      for (const name of others) writeFileSync(join(directory, name), '')
      for (const name of readdirSync(directory).filter((each) => each.startsWith('prod-20'))) {
        writeFileSync(join(directory, `${name}.json`), '{}')
      }
      const { last, daily, weekly, monthly } = one.keep
      const text = `set -eu; say() { :; }; . "${script}"; prune_archives "${directory}" prod ${last} ${daily} ${weekly} ${monthly}`
      const [shell = '', ...words] = one.shell.split(' ')
      const ran = spawnSync(shell, [...words, '-c', text], { encoding: 'utf8' })
      expect(ran.stderr).toBe('')
      const notes = kept(one)
        .filter((name) => name.startsWith('prod-20'))
        .map((name) => `${name}.json`)
      expect(readdirSync(directory).sort()).toEqual([...kept(one), ...notes, ...others].sort())
    },
  )

  it('never removes the newest that was verified', async () => {
    for (const stamp of ['20261118-030000', '20261119-030000', '20261120-030000', '20261121-030000'])
      writeFileSync(join(directory, nameOf(stamp)), 'x')
    await addNote(join(directory, nameOf('20261118-030000')), { manifest, verifiedAt: '2026-11-18T04:00:00Z' })
    await addNote(join(directory, nameOf('20261119-030000')), { manifest, verifiedAt: '2026-11-19T04:00:00Z' })
    const rule = { last: 1, daily: 0, weekly: 0, monthly: 0 }
    const gone = await pruneArchives(await listArchives(directory, 'prod'), rule)
    expect(gone.map((one) => one.name)).toEqual([nameOf('20261120-030000'), nameOf('20261118-030000')])
    expect(readdirSync(directory)).toEqual([
      nameOf('20261119-030000'),
      `${nameOf('20261119-030000')}.json`,
      nameOf('20261121-030000'),
    ])
  })
})

describe('the rule and what hosts say', () => {
  const now = Date.UTC(2026, 10, 21, 12)
  const keep = { last: 1, daily: 2, weekly: 0, monthly: 0 }
  const one = (stamp: string, note: Partial<Stored> = {}): Stored => {
    const name = nameOf(stamp)
    return { name, file: name, size: 1, at: madeAt(name, 'prod') ?? Number.NaN, ...note }
  }
  const gone = (...archives: Stored[]) => prunable(archives, keep, now).map(({ name }) => name)
  const good = [one('20261119-030000'), one('20261120-030000')]

  it('an archive that nobody opened removes only those of its host', () => {
    const claimed = [one('20261121-030000', { from: 'cp1' }), one('20261121-030001', { from: 'cp1' })]
    expect(gone(...good, ...claimed)).toEqual([nameOf('20261121-030000')])
    const others = [one('20261119-030002', { from: 'cp2' }), one('20261120-030002', { from: 'cp2' })]
    expect(gone(...good, ...claimed, ...others)).toEqual([nameOf('20261121-030000')])
  })

  it('one that was opened here counts as those that were made here', () => {
    const opened = { from: 'cp1', openedAt: '2026-11-21T04:00:00Z' }
    expect(gone(...good, one('20261121-030000', opened))).toEqual([nameOf('20261119-030000')])
  })

  it('one of the future removes nothing and stays', () => {
    expect(gone(...good, one('20280101-030000'), one('20261122-030000'), one('20261123-030000'))).toEqual([])
  })

  it('is as old as its manifest says, once it was opened', async () => {
    const file = join(directory, nameOf('20261121-030000'))
    writeFileSync(file, 'x')
    const at = async () => (await listArchives(directory, 'prod'))[0]?.at
    await addNote(file, { manifest, from: 'cp1' })
    expect(await at()).toBe(Date.UTC(2026, 10, 21, 3))
    await addNote(file, { openedAt: '2026-11-21T04:00:00Z' })
    expect(await at()).toBe(Date.parse(manifest.createdAt))
  })

  it.each(['dash', 'bash', 'busybox sh'])(
    'on a host under %s, what was just made stays, and the future does not count',
    (shell) => {
      const made = nameOf('20201121-030000')
      const kept = ['20980101-030000', '20980102-030000', '20201122-030000'].map(nameOf)
      for (const name of [...kept, made, nameOf('20201120-030000')]) writeFileSync(join(directory, name), '')
      const text = `set -eu; say() { :; }; . "${script}"; prune_archives "${directory}" prod 1 0 0 0 ${made}`
      const [program = '', ...words] = shell.split(' ')
      const ran = spawnSync(program, [...words, '-c', text], { encoding: 'utf8' })
      expect(ran.stderr).toBe('')
      expect(readdirSync(directory).sort()).toEqual([...kept, made].sort())
    },
  )
})

describe('the directory', () => {
  it('is for its owner only, and its archives are listed newest first', async () => {
    const place = join(directory, 'a/backups')
    await makeDirectory(place)
    expect(statSync(place).mode & 0o777).toBe(0o700)
    for (const stamp of ['20261119-030000', '20261121-030000']) writeFileSync(join(place, nameOf(stamp)), 'archive')
    for (const other of [
      'notes.txt',
      'staging-20261121-030000Z.tar.age',
      'prod-20261121-030000Z.tar.age.part',
      'prod-20261321-030000Z.tar.age',
    ])
      writeFileSync(join(place, other), '')
    mkdirSync(join(place, 'prod'))
    writeFileSync(join(place, `${nameOf('20261119-030000')}.json`), 'damaged')
    await addNote(join(place, nameOf('20261121-030000')), { manifest })
    await addNote(join(place, nameOf('20261121-030000')), { verifiedAt: '2026-11-21T04:00:00Z' })
    expect(await listArchives(place, 'prod')).toMatchObject([
      {
        name: nameOf('20261121-030000'),
        size: 7,
        at: Date.UTC(2026, 10, 21, 3),
        manifest,
        verifiedAt: '2026-11-21T04:00:00Z',
      },
      { name: nameOf('20261119-030000'), size: 7 },
    ])
    expect(await listArchives(join(directory, 'none'), 'prod')).toEqual([])
  })

  it('names archives by cluster and time', () => {
    const name = archiveName('prod-2', new Date('2026-11-21T03:04:05.678Z'))
    expect(name).toBe('prod-2-20261121-030405Z.tar.age')
    expect(madeAt(name, 'prod-2')).toBe(Date.parse('2026-11-21T03:04:05Z'))
    expect(madeAt(name, 'prod')).toBeUndefined()
  })
})
