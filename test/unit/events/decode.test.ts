import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../../../src/errors.ts'
import { createDecoder, type DecoderLimits } from '../../../src/events/decode.ts'
import type { ProgramEvent } from '../../../src/events/event.ts'
import { createHeld } from '../../../src/events/held.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

function decode(text: string | Buffer, limits: Partial<DecoderLimits> = {}, step = 0): ProgramEvent[] {
  const decoder = createDecoder('n0nce', limits)
  const bytes = Buffer.from(text)
  if (step === 0) return decoder.push(bytes)
  const events: ProgramEvent[] = []
  for (let at = 0; at < bytes.length; at += step) events.push(...decoder.push(bytes.subarray(at, at + step)))
  return events
}

const frames: readonly (readonly [lines: string, event: ProgramEvent])[] = [
  ['begin 42', { kind: 'begin', tasks: 42 }],
  ['ok t1', { kind: 'ok', task: 't1' }],
  ['start t1', { kind: 'start', task: 't1' }],
  ['changed t12', { kind: 'changed', task: 't12' }],
  ['would-change t1', { kind: 'would-change', task: 't1' }],
  ['unknown t1', { kind: 'unknown', task: 't1' }],
  ['failed t3 apply 100', { kind: 'failed', task: 't3', stage: 'apply', code: 100 }],
  ['failed t3 timeout 600', { kind: 'failed', task: 't3', stage: 'timeout', code: 600 }],
  [
    'beat t3 15 Unpacking docker.io  (26.1)',
    { kind: 'beat', task: 't3', seconds: 15, line: 'Unpacking docker.io  (26.1)' },
  ],
  ['beat t3 5 ', { kind: 'beat', task: 't3', seconds: 5, line: '' }],
  ['need t4 joinToken', { kind: 'need', task: 't4', names: ['joinToken'] }],
  ['need t4 joinToken caHash', { kind: 'need', task: 't4', names: ['joinToken', 'caHash'] }],
  ['end done', { kind: 'end', result: 'done' }],
  ['end died', { kind: 'end', result: 'died' }],
  [`note t1 ${base64('a word\u001b[2J')}\n@n0nce note t1`, { kind: 'note', task: 't1', text: 'a word\u001b[2J' }],
  ['diff t1', { kind: 'diff', task: 't1', text: '' }],
  [`log t1 ${base64('two\nlines\n')}\n@n0nce log t1`, { kind: 'log', task: 't1', text: 'two\nlines\n' }],
  [`output token ${base64('abc\n')}\n@n0nce output token`, { kind: 'output', name: 'token', value: 'abc' }],
  [
    `output token ${base64('abc').slice(0, 2)}\n@n0nce output token ${base64('abc').slice(2)}\n@n0nce output token`,
    { kind: 'output', name: 'token', value: 'abc' },
  ],
]

describe('frames', () => {
  it.each(frames)('%s', (lines, event) => {
    expect(decode(`@n0nce ${lines}\n`)).toEqual([event])
    expect(decode(`@n0nce ${lines}\n`, {}, 1)).toEqual([event])
  })

  it('come whole however the network cuts them, characters of several bytes too', () => {
    const text = Buffer.from('@n0nce beat t1 5 größer 容器 ✓\n@n0nce ok t1\n@n0nce end done\n')
    const expected = decode(text)
    expect(expected[0]).toEqual({ kind: 'beat', task: 't1', seconds: 5, line: 'größer 容器 ✓' })
    for (let step = 1; step < text.length; step += 1) expect(decode(text, {}, step)).toEqual(expected)
  })

  it('of two streams may mix', () => {
    const text = `@n0nce diff t1 ${base64('abc')}\n@n0nce log t2 ${base64('xyz')}\n@n0nce diff t1 ${base64('def')}\n@n0nce log t2\n@n0nce diff t1\n`
    expect(decode(text)).toEqual([
      { kind: 'log', task: 't2', text: 'xyz' },
      { kind: 'diff', task: 't1', text: 'abcdef' },
    ])
  })

  it('keep bytes that are no UTF-8 from doing harm', () => {
    const bytes = Buffer.concat([
      Buffer.from('@n0nce beat t1 5 '),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n@n0nce ok t1\n'),
    ])
    expect(decode(bytes).at(-1)).toEqual({ kind: 'ok', task: 't1' })
  })
})

describe('what is no frame', () => {
  const noise = [
    '',
    'Setting up docker.io',
    '@other ok t1',
    ' @n0nce ok t1',
    '@n0nce',
    '@n0ncex ok t1',
    '@N0NCE ok t1',
    'x@n0nce end done',
  ]

  it.each(noise)('is ignored and counted: %j', (line) => {
    const decoder = createDecoder('n0nce')
    expect(decoder.push(Buffer.from(`${line}\n@n0nce ok t1\n`))).toEqual([{ kind: 'ok', task: 't1' }])
    expect(decoder.ignored).toBe(1)
  })

  it('is not looked at after the end', () => {
    const decoder = createDecoder('n0nce')
    expect(decoder.push(Buffer.from('@n0nce end failed\n@n0nce end done\n'))).toEqual([
      { kind: 'end', result: 'failed' },
    ])
    expect(decoder.push(Buffer.from('@n0nce end done\n@n0nce nonsense\n'))).toEqual([])
    expect(decoder.ended).toBe(true)
  })

  it('is an unfinished line', () => {
    expect(decode('@n0nce end done')).toEqual([])
  })
})

describe('a frame that no program of ours sends', () => {
  const malformed = [
    'nonsense',
    'ok',
    'ok ../etc',
    'ok t1;rm',
    'begin',
    'begin many',
    'begin -1',
    'begin 9999999999',
    'failed t1',
    'failed t1 apply',
    'failed t1 boiling 1',
    'failed t1 apply x',
    'end',
    'end perhaps',
    'need t1 a/b',
    'output token $(id)',
    'diff  abc',
    'beat t1 soon x',
  ]

  it.each(malformed)('is an error: %s', (frame) => {
    expect(() => decode(`@n0nce ${frame}\n`)).toThrow(ProtocolError)
  })
})

describe('a hostile host', () => {
  it('cannot fill memory with an endless line', () => {
    const decoder = createDecoder('n0nce', { line: 100 })
    for (let index = 0; index < 50; index += 1) expect(decoder.push(Buffer.alloc(1_000_000, 'x'))).toEqual([])
    expect(decoder.push(Buffer.from('\n@n0nce ok t1\n'))).toEqual([{ kind: 'ok', task: 't1' }])
    expect(decoder.ignored).toBe(1)
  })

  it('cannot fill memory with an endless stream', () => {
    const chunk = `@n0nce log t1 ${base64('x'.repeat(300))}\n`
    expect(() => decode(chunk.repeat(3), { stream: 1000 })).not.toThrow()
    expect(() => decode(chunk.repeat(4), { stream: 1000 })).toThrow(/log t1: more than 1000 bytes/)
  })

  it('is held to what is held, not to how it is cut: a letter costs no more than a letter', () => {
    const held = createHeld(1_000_000)
    for (let index = 0; index < 100_000; index += 1) held.add(Buffer.from('A'))
    expect(held.bytes().toString()).toBe('A'.repeat(100_000))
    expect(held.bytes().buffer.byteLength).toBeLessThanOrEqual(200_002)
    expect(held.add(Buffer.alloc(900_001))).toBe(false)
    expect(held.add(Buffer.alloc(900_000))).toBe(true)
    const decoder = createDecoder('n0nce')
    const text = base64('größer'.repeat(102))
    for (const letter of text) decoder.push(Buffer.from(`@n0nce output t0 ${letter}\n`))
    expect(decoder.push(Buffer.from('@n0nce output t0\n'))).toMatchObject([{ value: 'größer'.repeat(102) }])
  })

  it.each([
    ['diff', 512],
    ['log', 128],
    ['note', 16],
    ['output', 8192],
  ])('cannot send a %s of more than %i KiB', (kind, most) => {
    const piece = `@n0nce ${kind} t1 ${base64('x'.repeat(1024))}\n`
    expect(() => decode(piece.repeat(most))).not.toThrow()
    expect(() => decode(piece.repeat(most + 1))).toThrow(`${kind} t1: more than ${most * 1024} bytes`)
  })

  it('cannot hold much open, nor send a journal without end', () => {
    const pieces = ['a', 'b', 'c'].map((name) => `@n0nce output ${name} ${base64('x'.repeat(600))}\n`)
    expect(() => decode(pieces.join(''), { open: 1000 })).toThrow(/more than 1000 bytes in open streams/)
    const closed = pieces.map((piece, at) => `${piece}@n0nce output ${'abc'[at]}\n`)
    expect(decode(closed.join(''), { open: 1000 })).toHaveLength(3)
    expect(() => decode('noise\n'.repeat(100), { journal: 500 })).toThrow(/more than 500 bytes/)
  })

  it('cannot make a value take long by what it ends with', () => {
    const value = `${'\n'.repeat(100_000)}x`
    const began = performance.now()
    expect(
      decode(
        `@n0nce output a ${base64(value)
          .match(/.{1,12000}/g)
          ?.join('\n@n0nce output a ')}\n@n0nce output a\n`,
      ),
    ).toEqual([{ kind: 'output', name: 'a', value }])
    // Quadratic it is ten seconds.
    expect(performance.now() - began).toBeLessThan(3000)
  })

  it('cannot open endlessly many streams', () => {
    const lines = Array.from({ length: 65 }, (_, index) => `@n0nce log t${index} YWJj\n`)
    expect(() => decode(lines.slice(0, 64).join(''))).not.toThrow()
    expect(() => decode(lines.join(''))).toThrow(/too many open streams/)
  })

  it('cannot send endlessly many events', () => {
    expect(() => decode('@n0nce ok t1\n'.repeat(11), { events: 10 })).toThrow(/more than 10 events/)
  })
})
