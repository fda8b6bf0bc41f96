import { describe, expect, test } from 'vitest'
import { hintFor } from '../../../src/views/hints.ts'
import { knownCauses } from '../../../src/views/known-causes.ts'
import { published, unpublished } from './logs.ts'

const all = published.flatMap(([, cases]) => cases)

describe.each(published)('%s', (_program, cases) => {
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
