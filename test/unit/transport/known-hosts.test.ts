import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  fingerprint,
  judgeHostKey,
  knownHostLine,
  knownHostName,
  knownTypes,
  matchesPattern,
  parseKnownHosts,
} from '../../../src/transport/known-hosts.ts'
import { blob } from './keys.ts'

const key = blob('ssh-ed25519', 'this one')
const other = blob('ssh-ed25519', 'another')
const rsa = blob('ssh-rsa', 'an old one')
const salt = Buffer.from('salt of twenty bytes')
const hashed = (name: string): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
const line = (hosts: string, of = key, marker = ''): string =>
  `${marker}${hosts} ${of.subarray(4, 4 + of.readUInt32BE(0))} ${of.toString('base64')} comment\n`

const cases: readonly (readonly [what: string, file: string, verdict: string])[] = [
  ['an empty file', '', 'unknown'],
  ['the host', line('cp1'), 'known'],
  ['among others', line('web,cp1,10.0.0.1'), 'known'],
  ['another host', line('cp2'), 'unknown'],
  ['the host at another port', line('[cp1]:2222'), 'unknown'],
  ['a pattern', line('cp?'), 'known'],
  ['a wider pattern', line('*'), 'known'],
  ['a pattern that leaves it out', line('*,!cp1'), 'unknown'],
  ['a dot is a dot', line('c.1'), 'unknown'],
  ['upper case', line('CP1'), 'known'],
  ['hashed', line(hashed('cp1')), 'known'],
  ['another hashed', line(hashed('cp2')), 'unknown'],
  ['with another key', line('cp1', other), 'changed'],
  ['with a key of another type', line('cp1', rsa), 'changed'],
  ['with another and this', line('cp1', other) + line('cp1'), 'known'],
  ['revoked', line('cp1') + line('*', key, '@revoked '), 'revoked'],
  ['another key revoked', line('cp1') + line('*', other, '@revoked '), 'known'],
  ['a certificate authority only', line('*', other, '@cert-authority '), 'certified'],
  ['an unknown marker', line('cp1', key, '@marked '), 'unknown'],
  ['comments and rubbish', `# cp1 ssh-ed25519 AAAA\n\nrubbish\ncp1 only\n`, 'unknown'],
]

describe('known_hosts', () => {
  it.each(cases)('%s', (_what, file, verdict) => {
    expect(judgeHostKey(parseKnownHosts(file, 'known_hosts'), 'cp1', key).kind).toBe(verdict)
  })

  it('says where the old key stands, of the same type if there is one', () => {
    const entries = parseKnownHosts(`# mine\n${line('cp1', rsa)}${line('cp1', other)}`, 'known_hosts')
    expect(judgeHostKey(entries, 'cp1', key)).toMatchObject({
      kind: 'changed',
      entry: { line: 3, file: 'known_hosts' },
    })
    expect(knownTypes(entries, 'cp1')).toEqual(['ssh-rsa', 'ssh-ed25519'])
    expect(knownTypes(entries, 'cp2')).toEqual([])
  })

  it('is written as it is read', () => {
    const name = knownHostName('10.0.0.1', 2222)
    expect(name).toBe('[10.0.0.1]:2222')
    expect(knownHostName('CP1', 22)).toBe('cp1')
    expect(judgeHostKey(parseKnownHosts(knownHostLine(name, key), 'f'), name, key)).toEqual({ kind: 'known' })
  })

  it('shows fingerprints as OpenSSH does', () => {
    const shown = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl' // github.com's, as published
    expect(fingerprint(Buffer.from(shown, 'base64'))).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU')
  })
})

describe('patterns', () => {
  it.each([
    ['*', '', true],
    ['*.example.org', 'a.example.org', true],
    ['*.example.org', 'example.org', false],
    ['a*b*c', 'axbxbxc', true],
    ['a*b', 'abxb', true],
    ['a*b', 'abx', false],
    ['a?', 'a', false],
    ['a**', 'a', true],
    ['', 'a', false],
  ])('%s and %s', (pattern, name, fits) => {
    expect(matchesPattern(pattern, name)).toBe(fits)
  })

  it('of many stars come to an end', () => {
    expect(matchesPattern(`${'*a'.repeat(30)}b`, 'a'.repeat(60))).toBe(false)
  })
})
