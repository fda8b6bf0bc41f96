import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listIfThere } from '../../disk/denied.ts'
import { isPast } from '../../events/past.ts'
import type { RunEvent, RunSummary } from '../../events/run-event.ts'
import type { ClusterStatus } from '../schema.ts'
import { madeAt } from './backups.ts'

/** What this machine knows: all of it lies in .provision/CLUSTER. */
export type LocalStatus = Pick<ClusterStatus, 'lastRun' | 'lastBackup'> & {
  /** A rebuild has begun and not ended. */
  readonly rebuilding: boolean
}

/** Where it lies. */
export interface LocalPaths {
  readonly runs: string
  readonly lock: string
  readonly rebuild: string
  readonly backups: string
}

/** Reads the records of a cluster and the names of its archives; what is not there is not told. Throws UserError where they are kept from us. */
export function readLocal(paths: LocalPaths): LocalStatus {
  const lastRun = lastRunIn(paths.runs, isHeld(paths.lock))
  const lastBackup = lastBackupIn(paths.backups)
  return {
    ...(lastRun ? { lastRun } : {}),
    ...(lastBackup ? { lastBackup } : {}),
    rebuilding: existsSync(paths.rebuild),
  }
}

/** The newest run that was to change something. Names begin with the time, so they sort. */
function lastRunIn(runs: string, held: string | undefined): LocalStatus['lastRun'] {
  for (const run of listIfThere(runs).sort().reverse()) {
    const begun = attempt(() => {
      const events = readFileSync(join(runs, run, 'events.jsonl'), 'utf8')
      return JSON.parse(events.slice(0, events.indexOf('\n'))) as RunEvent
    })
    if (begun?.kind !== 'run-started' || begun.mode !== 'apply') continue
    const summary = attempt(() => JSON.parse(readFileSync(join(runs, run, 'summary.json'), 'utf8')) as RunSummary)
    return {
      run,
      command: begun.command,
      at: new Date(begun.at).toISOString(),
      by: begun.operator,
      ...(summary ? { exitCode: summary.exitCode } : {}),
      running: summary === undefined && held === run,
    }
  }
  return undefined
}

function lastBackupIn(directory: string): LocalStatus['lastBackup'] {
  const found = listIfThere(directory).flatMap((name) => {
    const at = madeAt(name)
    return at === undefined || !isPast(Date.parse(at), Date.now()) ? [] : [{ file: join(directory, name), at }]
  })
  const newest = found.sort((one, other) => one.at.localeCompare(other.at)).at(-1)
  return newest && { ...newest, sizeBytes: attempt(() => statSync(newest.file).size) ?? 0 }
}

/** The run that a living process of this machine is at. */
function isHeld(lock: string): string | undefined {
  return attempt(() => {
    const { pid, run } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number; run: string }
    process.kill(pid, 0)
    return run
  })
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
