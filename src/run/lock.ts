import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LockedError } from '../errors.ts'
import type { Operator } from '../transport/transport.ts'

interface Holder extends Operator {
  readonly pid: number
  /** When the process began, in the kernel's words, so that a reused pid is not taken for the holder. */
  readonly started: string
}

/**
 * One run a cluster on this machine; other machines are kept out by the hosts' own session locks.
 * Throws LockedError naming a living holder; a dead one's lock is taken over. Returns how to let go.
 */
export async function lockRun(directory: string, operator: Operator): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'lock')
  const holder: Holder = { ...operator, pid: process.pid, started: await startOf(process.pid) }
  // Written aside and linked into place, so that nobody ever reads half a lock.
  const aside = `${path}.${process.pid}`
  await writeFile(aside, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  try {
    return await take(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
}

async function take(aside: string, path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await link(aside, path)
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const other = await read(path)
    if (other !== undefined && (await isAlive(other))) {
      throw new LockedError(
        `${other.who} has been provisioning this cluster on this machine since ${other.since} (process ${other.pid}, run ${other.run})`,
      )
    }
    await rm(path, { force: true })
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
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
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
