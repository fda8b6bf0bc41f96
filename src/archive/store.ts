import { chmod, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listIfThere, readIfThere } from '../disk/denied.ts'
import { makeDirectory as makeOwnDirectory, replaceFile } from '../disk/durable.ts'
import { isPast } from '../events/past.ts'
import type { KeepRule } from '../inventory/backup/backup.ts'
import { stampOf } from '../stamp.ts'
import { z } from '../zod.ts'
import { manifestSchema } from './manifest.ts'

/** What is known of an archive without opening it: `ARCHIVE.json` beside it. Of one that a timer made, its manifest alone. */
export const noteSchema = z.object({
  manifest: manifestSchema.optional(),
  /** The control plane whose timer made it, which is where it was fetched from. */
  from: z.string().optional(),
  /** When it was read to its end on this machine and found right; ISO 8601. */
  openedAt: z.string().optional(),
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
  /** When it was made, ms since 1970: as its name says, or its manifest where it came from a host and was opened. */
  readonly at: number
}

const pattern = /^(.+)-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})(Z|-[0-9a-f]{4})\.tar\.age$/

/** `CLUSTER-YYYYMMDD-HHMMSSZ.tar.age` */
export function archiveName(cluster: string, now: Date): string {
  return `${cluster}-${stampOf(now)}Z.tar.age`
}

/** When an archive of the cluster was made, in ms since 1970; undefined where the name is none of its archives'. */
export function madeAt(name: string, cluster: string): number | undefined {
  return name.endsWith('Z.tar.age') ? namedAt(name, cluster) : undefined
}

/** As {@link madeAt}, also of what a rebuild saved: `CLUSTER-YYYYMMDD-HHMMSS-XXXX.tar.age`. */
export function namedAt(name: string, cluster: string): number | undefined {
  const [, of, year, month, day, hour, minute, second] = pattern.exec(name) ?? []
  if (of !== cluster) return undefined
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** The archives of a cluster in a directory, the newest first; none where there is no such directory. */
export async function listArchives(directory: string, cluster: string): Promise<Stored[]> {
  const names = listIfThere(directory)
  const found = await Promise.all(
    names.map(async (name): Promise<Stored[]> => {
      const named = madeAt(name, cluster)
      if (named === undefined) return []
      const file = join(directory, name)
      const note = await readNote(file)
      const said = note.from !== undefined && note.openedAt !== undefined ? note.manifest?.createdAt : undefined
      const at = said === undefined ? named : Date.parse(said)
      return [{ name, file, at, size: (await stat(file)).size, ...note }]
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
  const text = readIfThere(`${file}.json`)
  try {
    return noteSchema.parse(JSON.parse(text ?? '{}'))
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
 *
 * What a host says removes nothing but what that host gave: an archive that nobody here has opened counts among those of its
 * host only. One of the future counts for nothing, and stays. `here`: which of them are on this machine already; where one
 * of a day is, another of that day does not take its place. `now`: ms since 1970.
 */
export function prunable(
  archives: readonly Stored[],
  rule: KeepRule,
  now: number = Date.now(),
  here: (one: Stored) => boolean = () => true,
): Stored[] {
  const newestFirst = [...archives].filter((one) => isPast(one.at, now)).sort((a, b) => b.at - a.at)
  const groups = Map.groupBy(newestFirst, (one) => (one.openedAt === undefined ? (one.from ?? '') : ''))
  const kept = new Set<Stored>([...groups.values()].flatMap((group) => keptOf(group, rule, here)))
  const verified = newestFirst.find((one) => one.verifiedAt !== undefined)
  if (verified) kept.add(verified)
  return newestFirst.filter((one) => !kept.has(one))
}

function keptOf(newestFirst: readonly Stored[], rule: KeepRule, here: (one: Stored) => boolean): Stored[] {
  const spans = [
    [rule.daily, dayOf],
    [rule.weekly, (at: number) => Math.floor((dayOf(at) + 3) / 7)], // 1970-01-01 was a Thursday; weeks begin on Monday
    [rule.monthly, (at: number) => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth()],
  ] as const
  return [
    ...newestFirst.slice(0, Math.max(1, rule.last)),
    ...spans.flatMap(([count, spanOf]) =>
      [...Map.groupBy(newestFirst, ({ at }) => spanOf(at)).values()]
        .slice(0, count)
        .flatMap((group) => group.find(here) ?? group[0] ?? []),
    ),
  ]
}

function dayOf(at: number): number {
  return Math.floor(at / 86_400_000)
}
