import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'

const program = resolve(import.meta.dirname, 'live-program.ts')

/** What a terminal of the given height is sent. `script` (util-linux) lends the program a real one. */
function onTerminal(rows: number, words: string, env: Record<string, string> = {}): string {
  const command = `stty rows ${rows} cols 100; exec '${process.execPath}' '${program}' ${words}`
  const run = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', ...env },
    timeout: 20_000,
  })
  expect(run.status).toBe(0)
  return run.stdout
}

/** What scrolls by: escape sequences taken out, one line for each that was drawn. */
const drawn = (text: string) => stripVTControlCharacters(text).split(/\r?\n/)

test('on a terminal hosts are drawn over and over, and stay with their outcome above the summary', () => {
  const output = onTerminal(24, 'live')
  const lines = drawn(output)
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/w1 +waiting for joinToken from cp1/)]))
  const end = lines.slice(lines.findIndex((line) => line.startsWith('host ')))
  const before = lines.slice(0, -end.length).filter((line) => line.trim() !== '')
  expect(before.slice(-3).map((line) => line.replace(/\s+/g, ' '))).toEqual([
    expect.stringMatching(/cp1 changed in 1m 11s/),
    expect.stringMatching(/w1 changed in 1m 14s/),
    expect.stringMatching(/w2 failed in 40s: docker task/),
  ])
  expect(end).toContain('warning: cp1: clock is 0.4 s behind')
  expect(end.join('\n')).toContain('1 of 3 hosts failed after')
  // The cursor is shown again.
  expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'))
})

test('with fewer lines than hosts there are counts', () => {
  const lines = drawn(onTerminal(5, 'live'))
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/\d of 3 hosts done, .* running/)]))
})

test('a run that ends in an exception gives the screen back', () => {
  const output = onTerminal(24, 'live break')
  expect(output).not.toContain('failed after')
  expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'))
})

test('NO_COLOR is honoured, also on a terminal', () => {
  const colour = '\u001b[31m'
  expect(onTerminal(24, 'plain')).toContain(colour)
  expect(onTerminal(24, 'plain', { NO_COLOR: '1' })).not.toContain(colour)
})

test('without a terminal the live view is plain lines', () => {
  const run = spawnSync(process.execPath, [program, 'live'], { encoding: 'utf8' })
  expect(run.stdout).toContain('[   62.0s] w1   changed  prepare: prepare task (1m 01s)\n')
  expect(run.stdout).not.toContain('\u001b')
})

test('as JSON there is nothing but lines of JSON, and the last is the summary', () => {
  const run = spawnSync(process.execPath, [program, 'json'], { encoding: 'utf8' })
  const kinds = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kind)
  expect(kinds[0]).toBe('run-started')
  expect(kinds.at(-1)).toBe('summary')
})
