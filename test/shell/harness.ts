import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { createDecoder } from '../../src/events/decode.ts'
import type { ProgramEvent } from '../../src/events/event.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { assemble, type ProgramSpec, type ProgramTask } from '../../src/shell/program.ts'

/** Every program must run under all of them. */
export const shells = ['dash', 'bash', 'busybox sh'] as const
export type Shell = (typeof shells)[number]

/** A task as a test writes it: plain text where the product has branded shell. */
export interface TestTask extends Partial<Omit<ProgramTask, 'check' | 'apply' | 'diff' | 'output'>> {
  readonly check: string
  readonly apply?: string
  readonly diff?: string
  readonly output?: { readonly name: string; readonly read: string }
}

const nonce = 'f00dcafe'

/** A host made of one directory: what a program keeps there, and a place for tasks to work in. */
export interface Place {
  readonly root: string
  /** Where tasks work; $W for them. */
  readonly work: string
  readonly state: string
  readonly pending: string
  /** A new program, not yet started. */
  program(
    shell: Shell,
    tasks: readonly TestTask[],
    options?: Partial<ProgramSpec>,
    env?: Record<string, string>,
  ): TestProgram
  remove(): void
}

export interface TestProgram {
  readonly directory: string
  readonly text: string
  start(): ChildProcess
  /** Starts it and waits for its end. */
  run(): Promise<ProgramEvent[]>
  events(): ProgramEvent[]
  journal(): string
}

export function makePlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'provision-shell-'))
  const [work, state, pending] = ['work', 'state', 'pending'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(work)
  let count = 0
  return {
    root,
    work,
    state,
    pending,
    program(shell, tasks, options = {}, env = {}) {
      const directory = join(root, `run-${++count}`)
      mkdirSync(directory)
      const environment = { PATH: process.env.PATH, P_STATE: state, P_PENDING: pending, P_SH: shell, W: work, ...env }
      return makeProgram(directory, shell, assembleTasks(tasks, options), environment)
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** A test with a place of its own, so that tests can run side by side. */
export const placeTest = test.extend<{ place: Place }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
  place: async ({}, use) => {
    const place = makePlace()
    await use(place)
    place.remove()
  },
})

function assembleTasks(tasks: readonly TestTask[], options: Partial<ProgramSpec>): string {
  return assemble({
    mode: 'apply',
    nonce,
    host: 'test',
    prelude: loadPrelude('debian'),
    tasks: tasks.map((task, index) => completeTask(task, index)),
    prefetch: {},
    ...options,
  })
}

function completeTask(task: TestTask, index: number): ProgramTask {
  const blank = {
    id: `t${index + 1}`,
    comment: '',
    timeout: 20,
    apply: '',
    marks: [],
    missing: [],
    background: false,
    joins: [],
  }
  return { ...blank, ...task } as ProgramTask
}

function makeProgram(directory: string, shell: Shell, text: string, env: NodeJS.ProcessEnv): TestProgram {
  const path = join(directory, 'program')
  const journalPath = join(directory, 'journal')
  writeFileSync(path, text)
  const journal = () => (existsSync(journalPath) ? readFileSync(journalPath, 'utf8') : '')
  const events = () => createDecoder(nonce).push(Buffer.from(journal()))
  const start = () => {
    const [command = '', ...words] = shell.split(' ')
    const descriptor = openSync(journalPath, 'a')
    try {
      return spawn(command, [...words, path, 'run'], { env, stdio: ['ignore', descriptor, 'ignore'] })
    } finally {
      closeSync(descriptor)
    }
  }
  return {
    directory,
    text,
    journal,
    events,
    start,
    async run() {
      const child = start()
      await new Promise((resolve) => child.once('exit', resolve))
      return events()
    },
  }
}

/** Events as a test reads them: one short line each, beats and the texts of streams left out. */
export function outline(events: readonly ProgramEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.kind) {
      case 'begin':
      case 'beat':
      case 'diff':
      case 'log':
        return []
      case 'failed':
        return [`failed ${event.task} ${event.stage} ${event.code}`]
      case 'output':
        return [`output ${event.name}=${event.value}`]
      case 'need':
        return [`need ${event.task} ${event.names.join(' ')}`]
      case 'note':
        return [`note ${event.text}`]
      case 'end':
        return [`end ${event.result}`]
      default:
        return [`${event.kind} ${event.task}`]
    }
  })
}

/** The text of a task's log or diff. */
export function textOf(events: readonly ProgramEvent[], kind: 'log' | 'diff', task: string): string {
  return events.map((event) => (event.kind === kind && event.task === task ? event.text : '')).join('')
}

/** Looks until it is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}
