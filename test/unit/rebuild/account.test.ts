import { describe, expect, it } from 'vitest'
import { allKept, containersText, findingsText, intentionText } from '../../../src/rebuild/account.ts'
import { compareContainers } from '../../../src/rebuild/containers.ts'
import type { Diagnosis, Source } from '../../../src/rebuild/diagnose.ts'
import { type Look, readLook } from '../../../src/rebuild/look.ts'
import { plainStyle } from '../../../src/views/style.ts'

const now = Date.UTC(2026, 10, 21, 12)

function diagnosis(source: Source, over: Partial<Diagnosis> = {}): Diagnosis {
  const controlPlanes = ['cp1', 'cp2']
  const empty = { findings: [], identities: [], repaired: [], leftOut: [] }
  return { state: 'rebuild', source, first: 'cp1', controlPlanes, ...empty, ...over }
}

describe('what is said before', () => {
  const cases: readonly (readonly [string, Diagnosis])[] = [
    ['live', diagnosis({ kind: 'live', host: 'cp1' })],
    ['rest', diagnosis({ kind: 'rest', hosts: ['cp2', 'cp1'] }, { identities: ['w1'], leftOut: ['cp3'] })],
    ['archive', diagnosis({ kind: 'archive', file: 'b.tar.age', at: now - 7_200_000 }, { repaired: ['w1'] })],
    ['none', diagnosis({ kind: 'none' })],
    ['repair', diagnosis({ kind: 'live', host: 'cp1' }, { state: 'repair', repaired: ['cp1', 'w1'] })],
  ]

  it.each(cases)('%s', (name, given) => {
    expect(intentionText(given, '.provision/lab/rebuild', now)).toMatchSnapshot(name)
  })

  it('findings, the same of several hosts on one line', () => {
    const findings = [
      { host: 'cp1', kind: 'service' as const, text: 'etcd is not running; its data exists' },
      { host: 'cp2', kind: 'service' as const, text: 'etcd is not running; its data exists' },
      { host: 'w1', kind: 'software' as const, text: 'kubelet: not installed' },
    ]
    expect(findingsText(diagnosis({ kind: 'none' }, { findings }), plainStyle)).toBe(
      'Findings\n  cp1, cp2  etcd is not running; its data exists\n  w1        kubelet: not installed',
    )
  })
})

describe('containers', () => {
  const looks = (ids: readonly string[], boot = 'b1') => {
    const lines = ids.map(
      (id, index) =>
        `container podaaaaaaaa_aaaa_aaaa_aaaa_aaaaaaaaaaaa.slice cri-containerd-${id.repeat(64)}.scope 1 ${index}`,
    )
    return readLook(
      ['pod default_web_aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa', `boot ${boot}`, ...lines, 'looked'].join('\n'),
    ) as Look
  }
  const found = (look: Look | undefined) => [{ name: 'w1', role: 'worker' as const, look }]
  const before = { w1: { boot: 'b1', containers: [...looks(['a', 'b']).containers] } }

  it('that all ran on', () => {
    const kept = compareContainers(before, found(looks(['a', 'b', 'c'])), ['w1'])
    expect(allKept(kept)).toBe(true)
    expect(containersText(kept, plainStyle)).toContain('All 2 containers of workers kept running.')
  })

  it('that ended, or were started again', () => {
    const kept = compareContainers(before, found(looks(['b', 'a'])), ['w1'])
    expect(allKept(kept)).toBe(false)
    expect(containersText(kept, plainStyle)).toMatch(/w1 +2 +0 +default\/web/)
  })

  it('of a host that was restarted', () => {
    expect(containersText(compareContainers(before, found(looks(['d'], 'b2')), ['w1']), plainStyle)).toContain(
      'the host was restarted',
    )
  })

  it('of hosts that did not answer before or after are not judged', () => {
    expect(compareContainers(before, found(undefined), ['w1'])).toEqual([])
    expect(compareContainers({}, found(looks(['a'])), ['w1'])).toEqual([])
  })
})
