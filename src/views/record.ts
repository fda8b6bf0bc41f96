import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeDirectory, replaceFile } from '../disk/durable.ts'
import type { RunEvent } from '../events/run-event.ts'
import { json, jsonLine } from './json.ts'

/** How many runs a cluster's records go back. */
const KEPT_RUNS = 50

/** The record of one run, on disk as it happens. */
export interface RunRecord {
  readonly directory: string
  readonly event: (event: RunEvent) => void
  readonly close: () => void
}

/**
 * Begins the record `runs`/`run` (events.jsonl, and summary.json at the end), for its owner's eyes only, and removes those
 * of the oldest runs. Written at once, event by event: what a killed run knew is there. Throws where the disk is full.
 */
export function openRecord(runs: string, run: string): RunRecord {
  const directory = join(runs, run)
  makeDirectory(directory)
  prune(runs)
  const file = openSync(join(directory, 'events.jsonl'), 'a', 0o600)
  let open = true
  const append = (line: string) => {
    const bytes = Buffer.from(line)
    const { size } = fstatSync(file)
    if (writeSync(file, bytes) === bytes.length) return
    // Whoever reads it later is to find whole lines.
    ftruncateSync(file, size)
    throw new Error('no space left')
  }
  return {
    directory,
    event: (event) => {
      if (!open) return
      append(`${jsonLine(event)}\n`)
      if (event.kind !== 'summary') return
      const { kind: _kind, at: _at, ...summary } = event
      replaceFile(join(directory, 'summary.json'), `${json(summary, 2)}\n`)
    },
    close: () => {
      if (!open) return
      open = false
      closeSync(file)
    },
  }
}

/** Only directories that are records of ours, the longest untouched first. */
function prune(runs: string): void {
  const records = readdirSync(runs, { withFileTypes: true })
    .map((entry) => join(runs, entry.name))
    .filter((path) => existsSync(join(path, 'events.jsonl')))
    .map((path) => ({ path, touched: statSync(join(path, 'events.jsonl')).mtimeMs }))
    .sort((a, b) => b.touched - a.touched)
  for (const { path } of records.slice(KEPT_RUNS - 1)) rmSync(path, { recursive: true, force: true })
}
