import { describe, expect, it } from 'vitest'
import type { Stored } from '../../../../src/archive/store.ts'
import { fitting, missing } from '../../../../src/operations/backup/fetch.ts'
import { chooseMember, readSurvey, type Surveyed } from '../../../../src/operations/backup/survey.ts'
import { compare } from '../../../../src/operations/backup/verify.ts'
import { manifest } from '../../archive/make.ts'

/** As etcdctl 3.6 prints it, ids too large for a number included. */
function status(over: { revision?: number; leader?: string; learner?: boolean; errors?: string[] } = {}): string {
  const { revision = 3049, leader = '7865150061759140565', learner, errors } = over
  const more = `${learner ? ',"isLearner":true' : ''}${errors ? `,"errors":${JSON.stringify(errors)}` : ''}`
  return `[{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"cluster_id":5392368774460164469,"member_id":7865150061759140565,"revision":${revision},"raft_term":2},"version":"3.6.8","dbSize":1966080,"leader":${leader},"raftIndex":3793${more}}}]`
}

const other = '7865150061759140566'
const of = (host: string, text: string): Surveyed => readSurvey(host, text)

describe('what a control plane says', () => {
  it('is read', () => {
    const note = JSON.stringify({ manifest })
    const name = 'prod-20261121-030000Z.tar.age'
    const text = `etcd ${status()}\narchive 2079416 ${name}\nmanifest ${name} ${note}\ntimer ok 2026-11-21T03:00:12Z ${name}\n`
    expect(of('cp1', text)).toEqual({
      host: 'cp1',
      etcd: { revision: 3049, leads: true, learns: false, dbSize: 1966080, errors: [] },
      archives: [{ name, size: 2079416, manifest }],
      timer: `ok 2026-11-21T03:00:12Z ${name}`,
    })
  })

  it.each([
    ['', { etcd: undefined, archives: [] }],
    ['etcd\n', { etcd: 'unknown', archives: [] }],
    ['etcd [{"Status":{}}]\n', { etcd: undefined }],
    ['etcd nonsense\n', { etcd: undefined }],
    ['archive 12 ../../etc/shadow.tar.age\narchive x a.tar.age\narchive 1 a/b.tar.age\narchive 1\n', { archives: [] }],
    [
      'archive 12 a.tar.age\nmanifest a.tar.age {"manifest":{"format":9}}\n',
      { archives: [{ name: 'a.tar.age', size: 12, manifest: undefined }] },
    ],
  ])('is not trusted: %j', (text, expected) => {
    expect(of('cp1', text)).toMatchObject(expected)
  })
})

describe('an archive is made on', () => {
  it.each<readonly [string, Record<string, string>, string | undefined]>([
    ['the only one', { cp1: status() }, 'cp1'],
    ['a follower rather than the leader', { cp1: status(), cp2: status({ leader: other }) }, 'cp2'],
    [
      'the leader where the follower is behind',
      { cp1: status({ revision: 9000 }), cp2: status({ leader: other }) },
      'cp1',
    ],
    ['none that still learns', { cp1: status(), cp2: status({ leader: other, learner: true }) }, 'cp1'],
    [
      'none whose data is corrupt',
      { cp1: status(), cp2: status({ leader: other, errors: ['memberID:1 alarm:CORRUPT '] }) },
      'cp1',
    ],
    [
      'one without room for writes, which can still be read',
      { cp1: status({ errors: ['memberID:1 alarm:NOSPACE '] }) },
      'cp1',
    ],
    ['one that answers before one that could not be asked', { cp1: '', cp2: status() }, 'cp2'],
  ])('%s', (_what, members, host) => {
    const surveyed = Object.entries(members).map(([name, text]) => of(name, `etcd ${text}`.trimEnd()))
    expect(chooseMember(surveyed)?.host).toBe(host)
  })

  it('none where no etcd answers', () => {
    expect(chooseMember([of('cp1', ''), of('cp2', 'timer ok')])).toBeUndefined()
  })
})

describe('archives to fetch', () => {
  const keep = { last: 2, daily: 0, weekly: 0, monthly: 0 }
  const name = (day: number, time = '030000') => `prod-202611${day}-${time}Z.tar.age`
  const host = (who: string, ...names: string[]): Surveyed => ({
    host: who,
    archives: names.map((each) => ({ name: each, size: 1 })),
  })
  const here = (day: number, note: Partial<Stored> = {}): Stored => {
    return { name: name(day), file: name(day), size: 1, at: Date.UTC(2026, 10, day, 3), ...note }
  }
  const now = Date.UTC(2026, 10, 21, 12)
  const wanted = (surveyed: Surveyed[], stored: Stored[], opens = true, rule = keep) =>
    Object.fromEntries(
      missing(surveyed, stored, { cluster: 'prod', backup: { keep: rule, recipients: [] } }, opens, now),
    )
  const two = [host('cp1', name(19), name(20)), host('cp2', name(20), name(21))]

  it('are those that are not here and would be kept, each from one host', () => {
    expect(wanted(two, [])).toEqual({ cp1: [name(20)], cp2: [name(21)] })
    expect(wanted(two, [here(21)])).toEqual({ cp1: [name(20)] })
    expect(wanted([host('cp1', name(19), name(20))], [here(20), here(21)])).toEqual({})
  })

  it('are for each host by itself where nobody opens them', () => {
    expect(wanted(two, [], false)).toEqual({ cp1: [name(19), name(20)], cp2: [name(21)] })
    expect(wanted(two, [here(20, { from: 'cp1' }), here(21, { from: 'cp2' })], false)).toEqual({ cp1: [name(19)] })
  })

  it('are not of the future', () => {
    expect(wanted([host('cp1', name(22), 'prod-20281121-030000Z.tar.age')], [])).toEqual({})
    expect(wanted([host('cp1', name(21, '124500'))], [])).toEqual({ cp1: [name(21, '124500')] })
  })

  it('do not take the place of what is here', () => {
    const days = { last: 1, daily: 3, weekly: 0, monthly: 0 }
    const claimed = host('cp1', ...[19, 20, 21].map((day) => name(day, '030001')))
    const stored = [here(19), here(20), here(21)]
    expect(wanted([claimed], stored, true, days)).toEqual({ cp1: [name(21, '030001')] })
  })

  it('are of this cluster', () => {
    expect(wanted([host('cp1', 'other-20261121-030000Z.tar.age')], [])).toEqual({})
  })

  it('are those that there is room for, the newest first', () => {
    const MiB = 1024 * 1024
    const archives = [19, 20, 21].map((day) => ({ name: name(day), size: 100 * MiB }))
    expect(fitting(archives, 1000 * MiB)).toEqual([name(21), name(20), name(19)])
    expect(fitting(archives, 270 * MiB)).toEqual([name(21), name(20)])
    expect(fitting([{ name: name(21), size: 1e15 }, ...archives.slice(0, 1)], 270 * MiB)).toEqual([name(19)])
    expect(fitting(archives, 0)).toEqual([])
  })
})

describe('a restored archive', () => {
  const proof = { revision: 3049, etcdHash: 1510139270, totalKeys: 347, objects: manifest.objects }

  it('is as it should be, or what is not is told', () => {
    expect(compare({ manifest }, proof)).toEqual([])
    const { configmaps, ...rest } = manifest.objects
    expect(compare({ manifest }, { ...proof, revision: 3048, objects: { ...rest, secrets: 1 } })).toEqual([
      ['revision', '3049', '3048'],
      ['configmaps', String(configmaps), '0'],
      ['secrets', '0', '1'],
    ])
  })
})
