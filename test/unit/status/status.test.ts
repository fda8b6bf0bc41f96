import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { findingTitle } from '../../../src/status/finding.ts'
import type { LocalStatus } from '../../../src/status/parse/local.ts'
import { type AskedHost, readStatus, type StatusInput } from '../../../src/status/read.ts'
import { type ClusterStatus, type Finding, statusSchema } from '../../../src/status/schema.ts'
import { statusText } from '../../../src/status/view.ts'

interface Case {
  readonly name: string
  readonly hosts?: Readonly<Record<string, readonly string[]>>
  readonly controlPlanes?: Readonly<Record<string, readonly string[]>>
  readonly without?: Readonly<Record<string, readonly string[]>>
  readonly asked?: Readonly<Record<string, Partial<AskedHost>>>
  readonly etcdDown?: readonly string[]
  readonly etcdSize?: number
  readonly local?: Partial<LocalStatus>
  /** Hosts that are not what the inventory says. */
  readonly mistakes?: StatusInput['mistakes']
  readonly found: readonly string[]
  readonly notes?: readonly string[]
}

const cases = parse(readFileSync(new URL('cases.yaml', import.meta.url), 'utf8')) as readonly Case[]
const now = Date.parse('2026-11-21T03:00:00Z')
const controlPlanes = ['cp1', 'cp2', 'cp3']
const names = [...controlPlanes, 'w1', 'w2']

/** A line of a case: what it is about, then its fields with tabs, or `|` where they hold blanks. */
function line(text: string): string {
  const [kind = '', ...rest] = text.split(' ')
  const fields = rest.join(' ')
  if (/^(etcd-alarms|etcd-members|api-error|etcd-error|unit-log|backup-timer)$/.test(kind))
    return `${kind}\t${fields.replace('|', '\t')}`
  return `${kind}\t${(fields.includes('|') ? fields.split('|') : rest).join('\t')}`
}

function wellHost(): string[] {
  return [
    'clock 12',
    'uptime 86400',
    'load 0.50 4',
    'memory MemTotal: 16000000',
    'disk / 100000000 60000000 40',
    'inodes / 4',
    'unit kubelet.service loaded active running enabled 0',
    'unit containerd.service loaded active running enabled 0',
    'unit chrony.service loaded active running enabled 0',
  ].map(line)
}

function wellControlPlane(host: string, given: Case): string[] {
  const id = (name: string) => 9_000_000_000_000_000_001n + BigInt(controlPlanes.indexOf(name))
  const leader = (given.controlPlanes?.[host] ?? []).includes('etcd-leader 0') ? 0n : id('cp1')
  const status = (name: string) =>
    `{"Endpoint":"https://${name}:2379","Status":{"header":{"cluster_id":1,"member_id":${id(name)},"revision":9},"version":"3.6.8","dbSize":${given.etcdSize ?? 12_000_000},"leader":${leader},"dbSizeInUse":10000000,"dbSizeQuota":2147483648}}`
  const up = controlPlanes.filter((name) => !given.etcdDown?.includes(name))
  const members = controlPlanes.map((name) => `{"ID":${id(name)},"name":"${name}"}`)
  return [
    `etcd-status\t[${status(host)}]`,
    `etcd-members\t{"header":{"member_id":${id(host)}},"members":[${members.join(',')}]}`,
    `etcd-cluster\t[${up.map(status).join(',')}]`,
    'etcd-alarms\t{}',
    `etcd-manifest\t${host}\tcp1=https://cp1:2380,cp2=https://cp2:2380\t`,
    'api-ready\t',
    'api-version\tv1.36.3',
    ...names.map((name) => `node\t${name}\tv1.36.3\tcontainerd://2.1.0\t"Debian GNU/Linux 13 (trixie)"\t\t`),
    'pods\t40',
  ]
}

/** The lines with those of the case in the place of what they are of the same kind as (of units: the same unit). */
function overlay(lines: readonly string[], own: readonly string[] = [], without: readonly string[] = []): string {
  const key = (text: string) =>
    text
      .split('\t')
      .slice(0, text.startsWith('unit\t') ? 2 : 1)
      .join(' ')
      .replace('\x1b[2J', '')
  const added = own.filter((text) => text !== 'etcd-leader 0').map(line)
  const replaced = new Set(added.map(key))
  const kept = lines.filter((text) => !replaced.has(key(text)) && !without.includes(key(text)))
  return `${[...kept, ...added].join('\n')}\n`
}

function statusOf(given: Case): ClusterStatus {
  const hosts = names.map((name): AskedHost => {
    return {
      name,
      role: controlPlanes.includes(name) ? 'control-plane' : 'worker',
      state: 'answered',
      ...given.asked?.[name],
    }
  })
  const answered = hosts.filter((host) => host.state === 'answered').map((host) => host.name)
  return readStatus({
    cluster: 'prod',
    now,
    hosts,
    mistakes: given.mistakes ?? [],
    hostAnswers: new Map(answered.map((name) => [name, overlay(wellHost(), given.hosts?.[name])])),
    certificateAnswers: new Map(answered.map((name) => [name, ''])),
    controlPlaneAnswers: new Map(
      answered
        .filter((name) => controlPlanes.includes(name))
        .map((name) => [
          name,
          overlay(wellControlPlane(name, given), given.controlPlanes?.[name], given.without?.[name]),
        ]),
    ),
    expected: { nodes: names, known: names, version: 'v1.36.3' },
    local: {
      rebuilding: false,
      lastBackup: { file: 'b', at: '2026-11-21T01:00:00Z', sizeBytes: 5_000_000 },
      lastRun: {
        run: 'r1',
        command: 'provision',
        at: '2026-11-20T03:00:00Z',
        by: 'li@laptop',
        exitCode: 0,
        running: false,
      },
      ...given.local,
    },
  })
}

const told = (finding: Finding) => `${findingTitle(finding)}${finding.next ? ` -> ${finding.next}` : ''}`

describe('what is found', () => {
  it.each(cases)('$name', (given) => {
    const status = statusOf(given)
    const grave = status.findings.filter((each) => each.level !== 'note')
    expect(grave.map((each) => `${each.level} ${told(each)}`)).toEqual(given.found)
    expect(status.healthy).toBe(given.found.length === 0)
    const notes = status.findings.filter((each) => each.level === 'note').map(findingTitle)
    expect(notes).toEqual(given.notes ?? [])
    // What is printed as JSON is what the schema says.
    expect(statusSchema.strict().parse(JSON.parse(JSON.stringify(status)))).toEqual(JSON.parse(JSON.stringify(status)))
    expect(statusText(status)).not.toContain('\x1b')
  })
})

test('an answer of nothing at all', () => {
  const unreachable = Object.fromEntries(
    names.map((name) => [name, { state: 'unreachable' as const, error: 'no route' }]),
  )
  const status = statusOf({ name: '', asked: unreachable, found: [] })
  expect(status.nodes).toBeUndefined()
  expect(statusText(status)).toContain('prod: 2 things broken')
})

test('the screen', async () => {
  const status = statusOf(cases.find((each) => each.name === 'one member of three is down') as Case)
  await expect(statusText(status)).toMatchFileSnapshot('screen.txt')
})

test('of a thousand nodes those that are well are counted', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `n${index}`)
  const status = readStatus({
    cluster: 'prod',
    now,
    hosts: many.map((name) => ({ name, role: 'worker' as const, state: 'answered' as const })),
    hostAnswers: new Map(many.map((name) => [name, name === 'n7' ? 'clock\t5000\n' : 'clock\t1\n'])),
    certificateAnswers: new Map(),
    controlPlaneAnswers: new Map(),
    expected: { nodes: many, known: many, version: 'v1.36.3' },
    local: { rebuilding: false },
  })
  const lines = statusText(status).split('\n')
  expect(lines.filter((each) => /^n\d/.test(each))).toHaveLength(1)
  expect(lines).toContain('and 999 nodes as they should be')
})
