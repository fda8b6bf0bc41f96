import { createHash, randomBytes } from 'node:crypto'
import { link, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { makeDirectory } from '../disk/durable.ts'
import { LockedError } from '../errors.ts'
import type { Operator } from '../transport/transport.ts'

interface Holder extends Operator {
  readonly pid: number
  /** When the process began, in the kernel's words, so that a reused pid is not taken for the holder. */
  readonly started: string
  /** Where the pid means something. Older versions did not say. */
  readonly place?: Place
}

/** Empty where the system does not tell. */
interface Place {
  readonly host: string
  readonly boot: string
  /** The pid namespace: each container has its own. */
  readonly pids: string
}

/**
 * One run a cluster on this machine; other machines are kept out by the hosts' own session locks.
 * Throws LockedError naming a living holder; a dead one's lock is taken over. Returns how to let go.
 */
export async function lockRun(directory: string, operator: Operator): Promise<() => Promise<void>> {
  makeDirectory(directory)
  const path = join(directory, 'lock')
  const holder: Holder = { ...operator, pid: process.pid, started: await startOf(process.pid), place: await placeOf() }
  const text = `${JSON.stringify(holder)}\n`
  // Written aside and linked into place, so that nobody ever reads half a lock.
  const aside = `${path}-${process.pid}-${randomBytes(4).toString('hex')}`
  await writeFile(aside, text, { mode: 0o600, flag: 'wx' })
  try {
    await take(path, aside, directory)
  } finally {
    await rm(aside, { force: true })
  }
  return async () => {
    if ((await read(path)) === text) await rm(path, { force: true })
  }
}

/**
 * Puts the file `aside` at `path`. What a dead holder left is replaced only by whoever holds the claim on just that file: a
 * lock like this one, named after the content. So what is replaced is what was judged, and no living holder's.
 */
async function take(path: string, aside: string, directory: string): Promise<void> {
  for (;;) {
    try {
      return await link(aside, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const found = await read(path)
    if (found === undefined) continue
    await refuseLiving(path, found)
    const claim = join(directory, `lock-of-${createHash('sha256').update(found).digest('hex').slice(0, 16)}`)
    await take(claim, aside, directory)
    try {
      if ((await read(path)) !== found) continue
      await link(aside, `${aside}-new`)
      return await rename(`${aside}-new`, path)
    } finally {
      await rm(claim, { force: true })
    }
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Throws LockedError where the holder lives, or cannot be seen from here. */
async function refuseLiving(path: string, text: string): Promise<void> {
  const holder = parse(text)
  if (holder === undefined) return
  const { who, since, pid, run, place } = holder
  const here = await placeOf()
  const seen = place === undefined || (place.host === here.host && place.pids === here.pids)
  // A pid of before the last boot is nobody's.
  if (seen && place !== undefined && place.boot !== here.boot) return
  if (seen && !(await isAlive(holder))) return
  const where = seen ? 'on this machine' : `from another machine or container, ${place?.host ?? 'unknown'}`
  const wayOut = seen ? '' : `; if that run no longer exists, remove ${path}`
  throw new LockedError(`the cluster is locked by ${who} ${where} since ${since} (process ${pid}, run ${run})${wayOut}`)
}

/** Undefined for what no run of ours wrote, or a power cut left of it. */
function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder
    return Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined
  } catch {
    return undefined
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return (await startOf(holder.pid)) === holder.started
}

/** Field 22 of /proc/PID/stat, the start time since boot; empty where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

async function placeOf(): Promise<Place> {
  return {
    host: hostname(),
    boot: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim(),
    pids: await readlink('/proc/self/ns/pid').catch(() => ''),
  }
}
