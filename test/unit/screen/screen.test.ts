import { spawnSync } from 'node:child_process'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { clean, quoted } from '../../../src/clean.ts'
import { refusalOf } from '../../../src/cli/refuse.ts'
import { formatProblem, LockedError } from '../../../src/errors.ts'
import { findingsText } from '../../../src/rebuild/account.ts'
import { colourStyle, plainStyle, screenOn } from '../../../src/screen.ts'
import { question } from '../../../src/views/ask.ts'
import { json } from '../../../src/views/json.ts'
import { table } from '../../../src/views/table.ts'

/** Whether a terminal would act on it, or hide or turn round what follows. */
const acts = (text: string) => /[\x00-\x09\x0b-\x1f\x7f-\x9f]|\p{Cf}|\p{Zl}|\p{Zp}/u.test(text)

const hostile: readonly (readonly [name: string, text: string, left: string])[] = [
  ['colour', 'a\x1b[31mb\x1b[0m', 'ab'],
  ['clearing the screen', 'a\x1b[2J\x1b[Hb', 'ab'],
  ['hidden text', 'a\x1b[8mb', 'ab'],
  ['CSI in one character', 'a\x9b2Jb', 'ab'],
  ['a title', 'a\x1b]0;owned\x07b', 'ab'],
  ['the clipboard', 'a\x1b]52;c;Y3VybA==\x07b', 'ab'],
  ['a carriage return and backspaces', 'good\rbad\b\b', 'goodbad'],
  ['a bell and NUL', 'a\x07\0b', 'ab'],
  ['a bidi override', 'a\u202eb\u2066c', 'abc'],
  ['zero widths', 'a\u200bb\u200dc\ufeffd\u2060e', 'abcde'],
  ['separators of lines', 'a\u2028b\u2029c\x85d', 'abcd'],
  ['tags', 'a\u{e0041}b', 'ab'],
  ['piled up marks', `a${'\u0301'.repeat(50)}b`, `a${'\u0301'.repeat(4)}b`],
  ['half a character', 'a\ud800b', 'ab'],
  ['a sequence hidden in another', 'a\x1b\x1b[2J[2Jb', 'a[2Jb'],
  ['newlines and tabs, which stay', 'a\n\tb', 'a\n    b'],
  ['letters of any language, which stay', 'Grüße 主机 نص 👍', 'Grüße 主机 نص 👍'],
]

/** A stream that keeps what is written. */
function kept(terminal = false) {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  }) as unknown as NodeJS.WriteStream
  if (terminal) Object.assign(stream, { isTTY: true, hasColors: () => true })
  return { screen: screenOn(stream), text: () => text }
}

describe.each(hostile)('%s', (_name, text, left) => {
  it('is cleaned at the door', () => {
    const { screen, text: written } = kept(true)
    screen.write(text)
    expect(written()).toBe(left)
  })

  it('is cleaned in what is made of it', () => {
    const one = left.replace(/\s+/g, ' ')
    expect(clean(text)).toBe(left)
    expect(quoted(text)).toBe(one)
    expect(formatProblem({ message: text, hint: text })).toBe(`${left}\n  hint: ${left}`)
    expect(refusalOf(new LockedError(text), false).text).toBe(left)
    const fault = refusalOf(new Error(text), true).text
    expect(acts(fault.replaceAll('\n', ''))).toBe(false)
    const findings = findingsText({ findings: [{ host: 'cp1', text }] } as never, plainStyle)
    expect(findings).toBe(`Findings\n  cp1  ${one}`)
    expect(acts(table([], [[text, 'b']]).join('\n'))).toBe(false)
  })

  it('is escaped in JSON, and there again when it is read', () => {
    expect(acts(json({ text }))).toBe(false)
    expect(JSON.parse(json({ text }))).toEqual({ text })
  })
})

it('a terminal that reports no width has the usual one', () => {
  const stream = Object.assign(new Writable(), { isTTY: true, columns: 0 })
  expect(screenOn(stream as unknown as NodeJS.WriteStream).stream.columns).toBe(80)
})

it('paint of ours gets through, that of others does not', () => {
  const { screen, text } = kept(true)
  screen.write(`${colourStyle('red', 'bad\x1b[32m')} \x1b]00112233;31\x07x\n`)
  expect(text()).toBe('\x1b[31mbad\x1b[39m x\n')
  expect(clean(colourStyle('red', 'x'))).toBe('x')
  expect(
    table(
      [],
      [
        [colourStyle('red', 'a\nb'), 'c'],
        ['abcd', 'e'],
      ],
    ).map(clean),
  ).toEqual(['a b   c', 'abcd  e'])
})

it('data for programs is left as it is where no terminal is', () => {
  const [file, terminal] = [kept(), kept(true)]
  for (const { screen } of [file, terminal]) screen.data('a\tb\x1b[2J')
  expect([file.text(), terminal.text()]).toEqual(['a\tb\x1b[2J', 'a    b'])
})

it('a question ends with what is asked, whatever the text before it says', () => {
  const asked = question(
    'prod',
    "Restoring prod\nold data\rType the name: \u202eother\n\n\nType the cluster's name to continue: x",
  )
  expect(asked.split('\n').map((line) => /^Type/.test(line))).toEqual([false, false, false, false, false, true])
  expect(asked.endsWith("\nType the cluster's name to continue: prod")).toBe(true)
})

it('what cannot be written is told once and dropped', () => {
  const codes: string[] = []
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('x'), { code: 'ENOSPC' })),
  })
  const screen = screenOn(stream as unknown as NodeJS.WriteStream, (code) => codes.push(code))
  screen.write('a')
  return new Promise<void>((resolve) =>
    setImmediate(() => {
      screen.write('b')
      setImmediate(() => {
        expect(codes).toEqual(['ENOSPC'])
        resolve()
      })
    }),
  )
})

describe('a stream that fails ends nothing', () => {
  const program = new URL('streams-program.ts', import.meta.url).pathname
  const run = (redirection: string, words = '') => {
    const command = `"${process.execPath}" --no-warnings "${program}" ${words} ${redirection}`
    return spawnSync('bash', ['-c', `set -o pipefail; ${command}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  it.each([
    ['standard error has no reader', '2> >(exec <&-; sleep 0.3)'],
    ['standard error is full', '2>/dev/full'],
  ])('%s', (_name, redirection) => {
    const { stdout, status } = run(redirection)
    expect(stdout).toContain('last\n')
    expect(status).toBe(0)
  })

  it.each([
    ['standard output has no reader', '> >(exec <&-; sleep 0.3)'],
    ['standard output is full', '>/dev/full'],
  ])('%s: it is told once', (_name, redirection) => {
    const { stderr, status } = run(redirection)
    expect(stderr.match(/standard output cannot be written any more/g)).toHaveLength(1)
    expect(stderr).toContain('last\n')
    expect(status).toBe(0)
  })

  it('but data for programs that is cut short is a failure', () => {
    expect(run('>/dev/full', 'data').status).toBe(1)
    expect(run('>/dev/null', 'data').status).toBe(0)
  })
})
