import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { duration, progressOn } from '../../../lab/src/progress.ts'
import { screenOn } from '../../../src/screen.ts'

const cache = mkdtempSync(join(tmpdir(), 'progress-'))
const durations = join(cache, 'provision/lab/durations.json')

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', cache)
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  rmSync(cache, { recursive: true, force: true })
})

/** Runs one step that takes so long, in milliseconds, and returns all that was written. */
async function shown(took: number, terminal: boolean, ending: () => number = () => 0): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 60 })
  const { step } = progressOn(screenOn(stream as unknown as NodeJS.WriteStream))
  await step('build kubernetes', async (tell) => {
    tell('program 2 of 7, kubelet:\n\x1b[31m40 packages compiled')
    await vi.advanceTimersByTimeAsync(took)
    return ending()
  })
  return String(stream.read())
}

test('a step that takes no time is one line, and says nothing of other times', async () => {
  expect(await shown(200, false)).toBe('build kubernetes ... 0.2 s\n')
})

test('a long step says how far it is at intervals, and how long it took last time', async () => {
  const state = 'program 2 of 7, kubelet: 40 packages compiled'
  expect(await shown(70_000, false)).toBe(
    `build kubernetes ... \n  5.0 s: ${state}\n  35.0 s: ${state}\n  1 min 5 s: ${state}\n  ended after 1 min 10 s\n`,
  )
  expect(JSON.parse(readFileSync(durations, 'utf8'))).toEqual({ 'build kubernetes': 70_000 })
  expect(await shown(6_000, false)).toContain(`  5.0 s (last time 1 min 10 s): ${state}\n`)
  expect(JSON.parse(readFileSync(durations, 'utf8'))).toEqual({ 'build kubernetes': 6_000 })
})

test('a step that had nothing to do does not count as its last time', async () => {
  await shown(70_000, false)
  await shown(100, false)
  expect(JSON.parse(readFileSync(durations, 'utf8'))).toEqual({ 'build kubernetes': 70_000 })
})

test('a step that fails ends its line and is not recorded', async () => {
  const fail = () => {
    throw new Error('no space')
  }
  await expect(shown(70_000, false, fail)).rejects.toThrow('no space')
  expect(() => readFileSync(durations)).toThrow()
})

test('a terminal has one line, drawn again and never wider than it', async () => {
  const text = await shown(2_500, true)
  const lines = text.split('\x1b[1G\x1b[2K')
  expect(lines).toEqual([
    'build kubernetes ... ',
    'build kubernetes ... 1.0 s: program 2 of 7, kubelet: 40 pac',
    'build kubernetes ... 2.0 s: program 2 of 7, kubelet: 40 pac',
    'build kubernetes ... 2.5 s\n',
  ])
})

test('a damaged record of durations is an empty one', async () => {
  await shown(70_000, false)
  writeFileSync(durations, '{')
  expect(await shown(6_000, false)).not.toContain('last time')
})

test.each([
  [0, '0.0 s'],
  [4_240, '4.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 0 s'],
  [520_000, '8 min 40 s'],
])('%d ms are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text)
})
