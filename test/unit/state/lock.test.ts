import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { LockedError } from '../../../src/errors.ts'
import { lockRun } from '../../../src/state/lock.ts'

const all = mkdtempSync(join(tmpdir(), 'lock-'))
const operator = { who: 'me@here', run: 'r1', since: 'now' }
const dead = { who: 'dead@here', run: 'dead', since: 'then', pid: 4194303, started: '1' }
let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(all, 'case-'))
  file = join(directory, 'lock')
})

afterAll(() => rmSync(all, { recursive: true }))

function taker(who: string, then = ''): ChildProcess {
  const program = resolve(import.meta.dirname, 'lock-taker.ts')
  return fork(program, [directory, who, then], { execArgv: ['--no-warnings'] })
}

/** Has so many processes try at once; what each said. Those that hold it do so until all have said something. */
async function race(count: number): Promise<string[]> {
  const takers = Array.from({ length: count }, (_, index) => taker(`p${index}`))
  await Promise.all(takers.map((one) => once(one, 'message')))
  const answers = takers.map((one) => once(one, 'message'))
  for (const one of takers) one.send('go')
  const said = (await Promise.all(answers)).map(([answer]) => answer as string)
  const ended = takers.map((one) => (one.exitCode === null ? once(one, 'exit') : undefined))
  takers.forEach((one, index) => {
    if (said[index] === 'held') one.send('let go')
  })
  await Promise.all(ended)
  return said.sort()
}

const refused = (count: number) => Array<string>(count).fill('refused')

describe('the lock of a run', () => {
  it('is held by one at a time, and leaves nothing', async () => {
    const unlock = await lockRun(directory, operator)
    await expect(lockRun(directory, { ...operator, run: 'r2' })).rejects.toThrow(LockedError)
    await expect(lockRun(directory, operator)).rejects.toThrow(
      `the cluster is locked by me@here on this machine since now (process ${process.pid}, run r1)`,
    )
    await unlock()
    expect(readdirSync(directory)).toEqual([])
    await (await lockRun(directory, operator))()
  })

  it('goes to one of 20 processes that find a dead holder, however the dead one ended', async () => {
    writeFileSync(file, JSON.stringify(dead))
    expect(await race(20)).toEqual(['held', ...refused(19)])
    expect(readdirSync(directory)).toEqual([])

    // A holder that is killed.
    const killed = taker('killed', 'die')
    await once(killed, 'message')
    killed.send('go')
    await once(killed, 'exit')
    expect(JSON.parse(readFileSync(file, 'utf8')).who).toBe('killed')
    expect(await race(6)).toEqual(['held', ...refused(5)])
    expect(readdirSync(directory)).toEqual([])
  })

  it('is taken over where whoever was taking it over died', async () => {
    writeFileSync(file, JSON.stringify(dead))
    const claimOn = (text: string) =>
      join(directory, `lock-of-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`)
    const second = JSON.stringify({ ...dead, who: 'second' })
    writeFileSync(claimOn(JSON.stringify(dead)), second)
    writeFileSync(claimOn(second), JSON.stringify({ ...dead, who: 'third' }))
    expect(await race(6)).toEqual(['held', ...refused(5)])
    expect(readdirSync(directory)).toEqual([])
  })

  it.each([
    ['half a lock, of a power cut', ''],
    ['what no run wrote', '{"pid":"1"}'],
    ['a pid that another process has since', JSON.stringify({ ...dead, pid: process.ppid })],
  ])('passes over %s', async (_what, text) => {
    writeFileSync(file, text)
    await (await lockRun(directory, operator))()
    expect(readdirSync(directory)).toEqual([])
  })

  it('of another machine or container is not judged by pids of this one', async () => {
    const own = await placeHere()
    for (const place of [
      { ...own, host: 'elsewhere' },
      { ...own, pids: 'pid:[1]' },
    ]) {
      writeFileSync(file, JSON.stringify({ ...dead, place }))
      await expect(lockRun(directory, operator)).rejects.toThrow(`if that run no longer exists, remove ${file}`)
    }
    expect(own.host).toBe(hostname())
  })

  it('of before the last boot is nobody’s', async () => {
    const own = await placeHere()
    writeFileSync(file, JSON.stringify({ ...dead, pid: 1, started: '', place: { ...own, boot: 'an earlier one' } }))
    await (await lockRun(directory, operator))()
  })

  it('is let go only while it is one’s own', async () => {
    const unlock = await lockRun(directory, operator)
    writeFileSync(file, JSON.stringify(dead))
    await unlock()
    expect(existsSync(file)).toBe(true)
  })
})

/** As a lock says it. */
async function placeHere(): Promise<{ host: string; boot: string; pids: string }> {
  const unlock = await lockRun(directory, operator)
  const { place } = JSON.parse(readFileSync(file, 'utf8'))
  await unlock()
  return place
}
