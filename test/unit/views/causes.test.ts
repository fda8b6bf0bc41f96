import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { hintFor } from '../../../src/views/hints.ts'
import { knownCauses } from '../../../src/views/known-causes.ts'

/** A log that somebody published, shortened and without what is personal, and a part of the hint that is right for it. */
interface Case {
  /** Where it was published: owner/repository#number. */
  readonly source: string
  readonly log: string
  readonly hint: string | null
}

const directory = new URL('causes/', import.meta.url)
const corpus = readdirSync(directory).map((file): [program: string, cases: Case[]] => [
  file.replace('.yaml', ''),
  parse(readFileSync(new URL(file, directory), 'utf8')),
])
const all = corpus.flatMap(([, cases]) => cases)

describe.each(corpus)('%s', (_program, cases) => {
  test.each(cases)('$source', ({ log, hint }) => {
    if (hint === null) expect(hintFor(log)).toBeUndefined()
    else expect(hintFor(log)).toContain(hint)
  })
})

test('logs are short, say where they are from, and nothing personal', () => {
  for (const { source, log } of all) {
    expect(source).toMatch(/^[\w.-]+\/[\w.-]+#\d+$/)
    expect(log.trimEnd().split('\n').length, source).toBeLessThanOrEqual(10)
    expect(log, source).not.toMatch(/[\w.]+@[\w-]+\.(?!service)\w+/)
    for (const [address] of log.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g))
      expect(address, source).toMatch(
        /^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|192\.0\.2|198\.51\.100|203\.0\.113|0\.0)\./,
      )
  }
  expect(new Set(all.map(({ log }) => log)).size).toBe(all.length)
})

test('what is expected of a log is said by one cause only', () => {
  for (const { source, hint } of all) {
    const saying = knownCauses.filter((known) => hint !== null && known.hint.includes(hint))
    expect(saying.length, `${source}: ${hint}`).toBe(hint === null ? 0 : 1)
  }
})

/** Of these nobody has published a log that says no more than that: hosts of ours, or the program's source, say it. */
const unpublished = [
  'E: Packages need to be removed but remove is disabled.',
  'The node was low on resource: pids. Threshold quantity: 512, available: 498.',
  'Error: UPGRADE FAILED: release web failed, and has been rolled back due to rollback-on-failure being set: not ready',
  'E0102 03:04:05.678901       1 main.go:9] Failed to start BGP server: listen tcp4 10.0.0.2:179: bind: address already in use',
  // templates/kubernetes/probe.yaml.ejs
  '[pod/probe-x7k2p/probe] pod 10.244.1.7 does not answer',
]

test('every cause is that of a log', () => {
  const told = [...all.map(({ log }) => log), ...unpublished].map((log) => hintFor(log))
  for (const { hint } of knownCauses) {
    const words = hint.split(/\{\w+\}/)
    expect(
      told.some((said) => said !== undefined && words.every((part) => said.includes(part))),
      hint,
    ).toBe(true)
  }
})

test('no hint has a host lose its data', () => {
  for (const { hint } of knownCauses)
    expect(hint).not.toMatch(/kubeadm reset|rm -r|mkfs|wipefs|\bdd\b|dnf remove|apt-get (?:remove|purge)|prune/)
})

test.each(knownCauses)('$cause names what its hint uses, and nothing else', ({ cause, hint }) => {
  const named = [...cause.source.matchAll(/\(\?<([a-z]\w*)>/g)].map(([, name]) => name)
  const used = [...hint.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  expect(new Set(named)).toEqual(new Set(used))
})
