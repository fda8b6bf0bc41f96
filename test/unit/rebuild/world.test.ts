import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { refuseWithoutData } from '../../../src/operations/abandon.ts'
import { type Look, readLook } from '../../../src/rebuild/look.ts'
import { type Begun, changesSince, othersOn, worldOf } from '../../../src/rebuild/world.ts'
import { encodeUndertaking } from '../../../src/transport/undertaking.ts'

const text = readFileSync(new URL('control-plane.txt', import.meta.url), 'utf8')
/** A healthy control plane whose CA was made on 2026-11-21 at 10:01:26. */
const well = readLook(text) as Look
const found = (look: Partial<Look> = {}, name = 'cp1') => [
  { name, role: 'control-plane' as const, look: { ...well, ...look } },
]
const status = well.etcd.status as NonNullable<Look['etcd']['status']>
const lookWith = (lines: string) => readLook(text.replace(/looked\s*$/, `${lines}\nlooked\n`)) as Look
const dead = { api: 'refused' }

const id = '20261121-110000-ab12'
const begun = (over: Partial<Begun> = {}): Begun => ({
  verb: 'rebuild',
  id,
  since: '2026-11-21T11:00:00.000Z',
  by: 'ops@desk',
  world: worldOf(found(dead)),
  keepsCA: true,
  ...over,
})

const cases: readonly { readonly name: string; begun?: Partial<Begun>; now?: Partial<Look>; doubts?: RegExp }[] = [
  { name: 'nothing has changed', now: dead },
  { name: 'the host was restarted', now: { ...dead, boot: 'other' } },
  { name: 'it serves what this rebuild restored', now: { restored: id } },
  {
    name: 'it serves what another one restored',
    now: { restored: 'other' },
    doubts: /serves the data restored by other/,
  },
  { name: 'it serves the cluster of before again', doubts: /serves the previous cluster again: revision 2029/ },
  {
    name: 'it serves another etcd, under the same CA',
    now: { etcd: { ...well.etcd, status: { ...status, cluster: '7' } } },
  },
  {
    name: 'its CA was made since',
    begun: { since: '2026-09-01T10:00:00.000Z' },
    now: dead,
    doubts: /its CA was created later, 2026-11-21T10:01:26/,
  },
  {
    name: 'its CA was made since, and the journal does not say what it was about',
    begun: { since: '2026-09-01T10:00:00.000Z', world: undefined, clears: true },
    doubts: /its CA was created later/,
  },
  {
    name: 'its CA is another',
    begun: { world: { cp1: { boot: well.boot, serves: false, ca: 'f00' } } },
    now: dead,
    doubts: /its CA has changed/,
  },
  {
    name: 'its CA is another, out of an archive',
    begun: { world: { cp1: { boot: well.boot, serves: false, ca: 'f00' } }, keepsCA: false },
    now: dead,
  },
  { name: 'a living cluster that is to be cleared', begun: { world: worldOf(found()), clears: true } },
  {
    name: 'a dead cluster that is to be cleared lives',
    begun: { clears: true },
    doubts: /serves a cluster, which it did not/,
  },
  {
    name: 'a living cluster that is to be restored',
    begun: { verb: 'restore', world: worldOf(found()), keepsCA: false },
  },
]

describe('what has changed since it began', () => {
  it.each(cases)('$name', ({ begun: over, now, doubts }) => {
    const changes = changesSince(begun(over), found(now)).filter((each) => each.contradicts)
    if (doubts === undefined) expect(changes).toEqual([])
    else expect(changes.map((each) => each.text).join()).toMatch(doubts)
  })
})

it('what hosts say of what has not ended is read, and is only text', () => {
  const other = encodeUndertaking({ verb: 'restore', id: 'x', since: 'then', by: '\u001b[2Jops' })
  const look = lookWith(`unfinished ${other}\nrestored r1\naside r1\naside ../etc\nstill r2\nstill r2`)
  expect(look).toMatchObject({ unfinished: other, restored: 'r1', aside: ['r1'], still: ['r2'] })
  expect(othersOn(found(look), 'y').lines).toEqual(['cp1: a restore was begun then by ?[2Jops and has not ended (x)'])
  expect(othersOn(found(look), 'x').lines).toEqual([])
  expect(othersOn(found({ unfinished: '-' }), undefined).lines).toEqual([
    'cp1: a restore or rebuild has not ended, and its record cannot be read',
  ])
})

describe('giving up', () => {
  const bare = { ...well.etcd, data: undefined, healthy: false }
  it.each([
    ['where nothing was moved', found(dead), undefined],
    ['where the cluster lives', found({ aside: [id] }), undefined],
    ['where etcd has what was restored', found({ ...dead, aside: [id], restored: id }), undefined],
    ['where another one moved data, long ago', found({ ...dead, aside: ['old'] }), undefined],
    ['where data was moved and nothing is in its place', found({ ...dead, aside: [id], etcd: bare }), /no cluster/],
    [
      'where the majority was moved',
      [...found(dead), ...found({ ...dead, aside: [id], etcd: bare }, 'cp2')],
      /cp2 was moved to a backup directory/,
    ],
    ['where no control plane responds', [{ name: 'cp1', role: 'control-plane' as const }], /no control plane responds/],
  ])('%s', (_, hosts, refused) => {
    const act = () => refuseWithoutData(hosts, [id])
    if (refused === undefined) expect(act).not.toThrow()
    else expect(act).toThrow(refused)
  })
})
