import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { UserError } from '../../../src/errors.ts'
import { diagnose, type Found, type Source, type Wishes } from '../../../src/rebuild/diagnose.ts'
import { readLook } from '../../../src/rebuild/look.ts'

interface Case {
  readonly name: string
  readonly hosts: Readonly<Record<string, 'silent' | { readonly gone?: string; readonly with?: readonly string[] }>>
  readonly archives?: Readonly<Record<string, number>>
  readonly wishes?: Wishes
  readonly days?: number
  readonly state?: string
  readonly source?: string
  readonly findings?: readonly string[]
  readonly leftOut?: readonly string[]
  readonly identities?: readonly string[]
  readonly refused?: readonly string[]
}

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const texts = { 'control-plane': read('control-plane.txt'), worker: read('worker.txt') }
const cases = parse(read('cases.yaml')) as readonly Case[]
const looked = Date.UTC(2026, 10, 21, 12)

describe('a diagnosis', () => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', (_, given) => {
    const made = () => {
      const archives = Object.entries(given.archives ?? {}).map(([file, at]) => ({ file, at }))
      return diagnose(foundOf(given), archives, given.wishes ?? {}, looked + (given.days ?? 0) * 86_400_000)
    }
    if (given.refused) {
      expect(made).toThrow(UserError)
      for (const part of given.refused) expect(made).toThrow(part)
      return
    }
    const diagnosis = made()
    expect(diagnosis.state).toBe(given.state)
    expect(written(diagnosis.source)).toBe(given.source)
    if (given.findings) {
      expect(diagnosis.findings.map((each) => `${each.host} ${each.kind} ${each.text}`)).toEqual(given.findings)
    }
    expect(diagnosis.leftOut).toEqual(
      given.leftOut ?? Object.keys(given.hosts).filter((name) => given.hosts[name] === 'silent'),
    )
    if (given.identities) expect(diagnosis.identities).toEqual(given.identities)
  })
})

describe('a look', () => {
  const look = readLook(texts['control-plane'])

  it('is read whole, or not at all', () => {
    expect(readLook(texts['control-plane'].replace(/looked\s*$/, ''))).toBeUndefined()
    expect(readLook('')).toBeUndefined()
  })

  it('knows etcd, with ids too large for numbers', () => {
    expect(look?.etcd).toMatchObject({
      tools: '3.6.8',
      members: ['cp1'],
      healthy: true,
      status: { cluster: '10448527644912149587', member: '988510890102759760', revision: 2029, version: '3.6.8' },
    })
  })

  it('knows the containers of pods by their names', () => {
    const names = [
      ...new Set(look?.containers.map((each) => each.pod.replace(/-[0-9a-z]{5}$|-[0-9a-f]+-[0-9a-z]{5}$/, ''))),
    ]
    expect(names).toContain('kube-system/etcd-cp1')
    expect(names).toContain('kube-system/lab-network')
    expect(look?.containers.every((each) => each.id.length === 64 && each.started > 0)).toBe(true)
  })

  it('passes over what is not in the form asked for', () => {
    const odd = readLook('certificate ca !!!\nkey ca maybe\ncontainer x y z\nnodes \netcd-status {"x":\nlooked\n')
    expect(odd).toMatchObject({ certificates: {}, keys: {}, containers: [], nodes: {}, etcd: { healthy: false } })
  })
})

function foundOf(given: Case): Found[] {
  return Object.entries(given.hosts).map(([name, change]) => {
    const role = name.startsWith('cp') ? 'control-plane' : 'worker'
    if (change === 'silent') return { name, role }
    const lines = texts[role].trimEnd().split('\n')
    const kept = lines.filter((line) => change.gone === undefined || !new RegExp(change.gone).test(line))
    const text = [...(change.with ?? []), ...kept].join('\n')
    return { name, role, look: readLook(text) }
  })
}

function written(source: Source): string {
  if (source.kind === 'archive') return `archive ${source.file}`
  if (source.kind === 'none') return 'none'
  return source.kind === 'live' ? `live ${source.host}` : `rest ${source.hosts.join(' ')}`
}
