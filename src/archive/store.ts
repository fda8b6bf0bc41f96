import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { makeDirectory as makeOwnDirectory, replaceFile } from '../disk/durable.ts'
import type { KeepRule } from '../inventory/inventory.ts'
import { manifestSchema } from './manifest.ts'

/** What is known of an archive without opening it: `ARCHIVE.json` beside it. Of one that a timer made, its manifest alone. */
export const noteSchema = z.object({
  manifest: manifestSchema.optional(),
  /** When it was last restored into a scratch etcd and found right; ISO 8601. */
  verifiedAt: z.string().optional(),
})

export type Note = z.infer<typeof noteSchema>

/** An archive on this machine. */
export interface Stored extends Note {
  readonly name: string
  readonly file: string
  /** Bytes. */
  readonly size: number
  /** When it was made, as its name says; ms since 1970. */
  readonly at: number
}

const pattern = /^(.+)-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})Z\.tar\.age$/

/** `CLUSTER-YYYYMMDD-HHMMSSZ.tar.age` */
export function archiveName(cluster: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '').replace('T', '-')
  return `${cluster}-${stamp}.tar.age`
}

/** When an archive of the cluster was made, in ms since 1970; undefined where the name is none of its archives'. */
export function madeAt(name: string, cluster: string): number | undefined {
  const [, of, year, month, day, hour, minute, second] = pattern.exec(name) ?? []
  if (of !== cluster) return undefined
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** The archives of a cluster in a directory, the newest first; none where there is no such directory. */
export async function listArchives(directory: string, cluster: string): Promise<Stored[]> {
  const names = await readdir(directory).catch(() => [] as string[])
  const found = await Promise.all(
    names.map(async (name): Promise<Stored[]> => {
      const at = madeAt(name, cluster)
      if (at === undefined) return []
      const file = join(directory, name)
      return [{ name, file, at, size: (await stat(file)).size, ...(await readNote(file)) }]
    }),
  )
  return found.flat().sort((a, b) => b.at - a.at)
}

/** Makes the directory for archives, for its owner only. */
export async function makeDirectory(directory: string): Promise<void> {
  makeOwnDirectory(directory)
  await chmod(directory, 0o700)
}

/** Adds to what is known of an archive. */
export async function addNote(file: string, note: Note): Promise<void> {
  const whole = { ...(await readNote(file)), ...note }
  replaceFile(`${file}.json`, `${JSON.stringify(whole)}\n`)
}

async function readNote(file: string): Promise<Note> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')))
  } catch {
    return {}
  }
}

/** Removes what the rule no longer keeps. Returns what was removed. */
export async function pruneArchives(archives: readonly Stored[], rule: KeepRule): Promise<Stored[]> {
  const gone = prunable(archives, rule)
  for (const { file } of gone) {
    await rm(file, { force: true })
    await rm(`${file}.json`, { force: true })
  }
  return gone
}

/**
 * Which archives the rule does not keep: of each of its spans the newest archive of so many days (weeks, months) that have
 * any, UTC. The newest one and the newest that was verified are always kept. Pure.
 */
export function prunable(archives: readonly Stored[], rule: KeepRule): Stored[] {
  const newestFirst = [...archives].sort((a, b) => b.at - a.at)
  const kept = new Set<Stored>(newestFirst.slice(0, Math.max(1, rule.last)))
  const verified = newestFirst.find((one) => one.verifiedAt !== undefined)
  if (verified) kept.add(verified)
  const spans = [
    [rule.daily, dayOf],
    [rule.weekly, (at: number) => Math.floor((dayOf(at) + 3) / 7)], // 1970-01-01 was a Thursday; weeks begin on Monday
    [rule.monthly, (at: number) => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth()],
  ] as const
  for (const [count, spanOf] of spans) {
    const seen = new Set<number>()
    for (const one of newestFirst) {
      if (seen.has(spanOf(one.at)) || seen.size >= count) continue
      seen.add(spanOf(one.at))
      kept.add(one)
    }
  }
  return newestFirst.filter((one) => !kept.has(one))
}

function dayOf(at: number): number {
  return Math.floor(at / 86_400_000)
}
