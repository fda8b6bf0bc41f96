import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { runEventSchema } from '../../../src/events/run-event.ts'
import { createRedactor, redacted, textFields } from '../../../src/secrets/redact.ts'
import { quote } from '../../../src/shell/quote.ts'

const secret = `pa's "w<o>rd$ /+%\\é`
const certificateKey = 'f'.repeat(20) + '0123456789abcdef'.repeat(3)
const pem = '-----BEGIN KEY-----\nMIIBVgIBADANBgkqhkiG9w0BAQ\nx+/9sd8fAAsdf8sdf9sdfAsdf8\n-----END KEY-----\n'

describe('a secret is taken out', () => {
  const forms: readonly (readonly [form: string, write: (secret: string) => string])[] = [
    ['as it is', (s) => s],
    ['quoted for a shell', (s) => quote(s)],
    ['as bash quotes it in double quotes', (s) => `"${s.replace(/["\\$`]/g, '\\$&')}"`],
    ['quoted in YAML', (s) => `'${s.replaceAll("'", "''")}'`],
    ['in JSON', (s) => JSON.stringify({ s })],
    [
      'in JSON as Go writes it',
      (s) => JSON.stringify(s).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    ],
    ['in a URL', (s) => `https://x/?a=${encodeURIComponent(s)}&b`],
    ['in a form', (s) => new URLSearchParams({ s }).toString()],
    ['in lower-case percent escapes', (s) => encodeURIComponent(s).replace(/%../g, (code) => code.toLowerCase())],
  ]

  it.each(forms)('%s', (_form, write) => {
    const redactor = createRedactor([secret])
    const text = `before ${write(secret)} after`
    expect(redactor.text(text)).toContain(redacted)
    expect(redactor.text(text)).not.toContain('w<o>rd')
    expect(redactor.text(text)).toMatch(/^before .*after$|^before https/)
    expect(redactor.holdsSecret(text)).toBe(true)
  })

  it.each([0, 1, 2])('in base64, beginning %s bytes into a group', (shift) => {
    for (const tail of ['', 'x', 'yz', ' and so on']) {
      const text = Buffer.from(`${'#'.repeat(shift + 3)}${certificateKey}${tail}`).toString('base64')
      const shown = createRedactor([certificateKey]).text(text)
      expect(shown).toContain(redacted)
      // What is left beside it shares at most one character of the secret on either side.
      expect(shown.replace(redacted, '').length).toBeLessThan(30)
    }
  })

  it('in base64 broken into lines, as the program base64 breaks it', () => {
    const text = execFileSync('base64', { input: `some configuration: ${certificateKey}\nmore\n`, encoding: 'utf8' })
    expect(text.split('\n').length).toBeGreaterThan(2)
    const shown = createRedactor([certificateKey]).text(text)
    expect(shown).toContain(redacted)
    expect(shown.length).toBeLessThan(70)
  })

  it('line by line where it has several', () => {
    const redactor = createRedactor([pem])
    expect(redactor.text(`  | ${pem.split('\n')[1]}`)).toBe(`  | ${redacted}`)
    expect(redactor.text(`key:\n${pem.replaceAll('\n', '\n    ')}`)).not.toMatch(/MIIB|sd8f/)
    expect(redactor.text(JSON.stringify(pem))).not.toMatch(/MIIB|sd8f/)
  })

  it('every time it comes, and with others', () => {
    const redactor = createRedactor(['secret-1', 'secret-12'])
    redactor.add('other')
    expect(redactor.text('secret-12, secret-1, other, secret-1')).toBe([1, 2, 3, 4].map(() => redacted).join(', '))
  })
})

describe('what is no secret is left alone', () => {
  it('without any secret, or an empty one', () => {
    for (const redactor of [createRedactor(), createRedactor(['', ' ', '\n'])]) {
      expect(redactor.text('nothing to hide')).toBe('nothing to hide')
      expect(redactor.holdsSecret('nothing')).toBe(false)
    }
  })

  it('where a short one is part of a word', () => {
    const redactor = createRedactor(['ops'])
    expect(redactor.text('oops, drops and ops: "ops" ops1')).toBe(`oops, drops and ${redacted}: "${redacted}" ops1`)
  })

  it('and characters that mean something to a regular expression mean nothing', () => {
    expect(createRedactor(['a.*b']).text('aXXb a.*b')).toBe(`aXXb ${redacted}`)
  })
})

describe('an event', () => {
  it('is copied with its text redacted, its words for machines kept', () => {
    const event = {
      kind: 'failed',
      task: 't1',
      code: 1,
      log: `line ${secret}\nfailed`,
      nested: [{ hint: secret, none: null, on: true }],
    }
    const shown = createRedactor([secret, 'failed']).event(event)
    expect(shown).toEqual({
      kind: 'failed',
      task: 't1',
      code: 1,
      log: `line ${redacted}\n${redacted}`,
      nested: [{ hint: redacted, none: null, on: true }],
    })
    expect(event.nested[0]?.hint).toBe(secret)
  })
})

describe('names that happen to be secrets', () => {
  it('are left alone, whatever the event', () => {
    const event = {
      kind: 'task',
      at: 1,
      run: 'w1',
      host: 'w1',
      hosts: ['cp1', 'w1'],
      waitingOn: ['w1'],
      waitingFor: 'joinToken from w1',
      task: 'w1',
      phase: 'w1',
      source: { file: 'w1', line: 1, column: 1 },
      title: 'w1',
    }
    expect(createRedactor(['w1']).event(event)).toEqual({ ...event, title: redacted })
  })

  it('every field of events is either text or a name', () => {
    const names = [
      'cluster',
      'host',
      'hosts',
      'name',
      'named',
      'operator',
      'phase',
      'phases',
      'run',
      'task',
      'version',
      'waitedFor',
      'waitingFor',
      'waitingOn',
    ]
    const found = stringFields(runEventSchema)
    expect([...found].filter((name) => !names.includes(name) && !textFields.has(name))).toEqual([])
    expect([...textFields].filter((name) => !found.has(name))).toEqual([])
  })
})

/** Names of the fields of a schema that hold strings of any kind, at any depth, but for those below `source`. */
function stringFields(schema: z.ZodType): Set<string> {
  const found = new Set<string>()
  const walk = (part: { def: Record<string, unknown> & { type: string } }, name: string): void => {
    const { type, innerType, element, options, shape } = part.def as never as Record<string, never>
    if (type === 'string') found.add(name)
    if (innerType) walk(innerType, name)
    if (element) walk(element, name)
    for (const option of (options ?? []) as never[]) walk(option, name)
    for (const [key, value] of Object.entries(shape ?? {})) if (name !== 'source') walk(value as never, key)
  }
  walk(schema as never, '')
  return found
}

describe('a secret that was cut', () => {
  const line = (end: string) => `level=info msg="login with ${end}`

  it.each([
    ['as it is', secret.slice(0, 9)],
    ['after one character less than all', certificateKey.slice(0, -1)],
    ['in base64', Buffer.from(certificateKey).toString('base64').slice(0, 30)],
    ['of several lines', pem.split('\n')[1]?.slice(0, 12) ?? ''],
  ])('%s, goes with its beginning', (_form, part) => {
    const redactor = createRedactor([secret, certificateKey, pem])
    const text = `first\n${line(part)}…\nlast`
    expect(redactor.text(text)).toBe(`first\n${line(redacted)}…\nlast`)
  })

  it('in the middle of a character', () => {
    expect(createRedactor(['gehéim']).text('is geh\uFFFD…')).toBe(`is ${redacted}…`)
  })

  it('and what was not cut, or holds none, is left', () => {
    const redactor = createRedactor([secret])
    for (const text of [line('nothing…'), `${line(secret.slice(0, 9))}`, '…', 'pa…'])
      expect(redactor.text(text)).toBe(text)
  })
})

describe('a document that holds secrets', () => {
  const key = Buffer.from(Array.from({ length: 1700 }, (_, index) => (index * 7 + 13) % 256)).toString('base64')
  const document = `apiVersion: v1\nkind: Config\nusers:\n- user:\n    client-key-data: ${key}\n`
  const redactor = createRedactor([document])

  it.each([
    ['whole', document],
    ['its key alone', key],
    ['in base64', Buffer.from(document).toString('base64')],
  ])('%s', (_form, text) => {
    const left = redactor.text(`before ${text} after`)
    expect(left).toContain('[redacted]')
    for (let at = 0; at + 40 <= key.length; at += 20) expect(left).not.toContain(key.slice(at, at + 40))
  })

  it('leaves the words it shares with everything else', () => {
    expect(redactor.text('apiVersion: v1')).toBe('apiVersion: v1')
  })

  it('of any size makes neither an error nor a pattern of any size', () => {
    const words = Array.from({ length: 100_000 }, (_, index) => `word-${index}-${'x'.repeat(40)}`)
    const large = createRedactor([words.join('\n'), ...words.slice(0, 10)])
    expect(large.text(`a ${words[0]} b ${words[9]}`)).toBe(`a ${redacted} b ${redacted}`)
    expect(large.holdsSecret(words[0] ?? '')).toBe(true)
  })
})
