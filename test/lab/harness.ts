import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { labDown } from '../../lab/src/down.ts'
import { hostDirectory, type Lab, type LabHost, labRoot } from '../../lab/src/model.ts'
import { unmountBelow } from '../../lab/src/mounts.ts'
import { cutPower, insideOrFail } from '../../lab/src/power.ts'
import type { Progress } from '../../lab/src/program.ts'
import { labUp } from '../../lab/src/up.ts'
import type { RunEvent, RunSummary } from '../../src/events/run-event.ts'

/** The lab of a test file: beside any other, and sharing the cache with them. Two files at work at once have a lab each. */
const labName = process.env.PROVISION_TEST_LAB ?? `e2e${process.env.VITEST_POOL_ID ?? ''}`
const launcher = new URL('../../bin/provision', import.meta.url).pathname

export interface TestLab {
  readonly lab: Lab
  /** The inventory that the lab wrote. */
  readonly inventory: string
}

export interface Ran {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined
  readonly events: readonly RunEvent[]
  /** All that it printed, on both streams. */
  readonly output: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
}

export interface RunSettings {
  readonly inventory?: string
  readonly onEvent?: (event: RunEvent, child: ChildProcess) => void
}

/** New hosts that nobody has touched. Says how far it is, as all that takes long here. */
export async function freshLab(wanted: Parameters<typeof labUp>[1] = {}): Promise<TestLab> {
  await removeLab()
  const { lab, file } = await labUp(labName, wanted, say)
  return { lab, inventory: file }
}

/** A host again as its installer left it: with new keys, and nothing on it. */
export async function reinstall(lab: TestLab, name: string): Promise<void> {
  const host = hostOf(lab, name)
  const directory = hostDirectory(lab.lab, host)
  await cutPower(host)
  await unmountBelow(directory)
  await rm(directory, { recursive: true })
  await labUp(labName, lab.lab.settings, say)
}

export async function removeLab(): Promise<void> {
  await labDown(labName, say)
}

/** Starts the command as an operator does, from the launcher, and reads its events as they come. */
export function start(lab: TestLab, words: readonly string[], settings: RunSettings = {}): Running {
  const all = ['--inventory', settings.inventory ?? lab.inventory, '--output', 'json', ...words]
  const child = spawn(launcher, all, { stdio: ['ignore', 'pipe', 'pipe'] })
  const events: RunEvent[] = []
  let output = ''
  let rest = ''
  child.stderr.on('data', (text: Buffer) => {
    output += text.toString()
  })
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString()
    const lines = (rest + text.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.filter((each) => each.startsWith('{"'))) {
      const event = JSON.parse(line) as RunEvent
      events.push(event)
      settings.onEvent?.(event, child)
    }
  })
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? undefined, events, output }))
  })
  return { child, ended }
}

/** Runs the command to its end. */
export async function provision(lab: TestLab, words: readonly string[] = [], settings: RunSettings = {}): Promise<Ran> {
  const begun = performance.now()
  const ran = await start(lab, words, settings).ended
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(`provision ${words.join(' ')}: exit ${ran.code} after ${seconds} s`)
  return ran
}

/** The run's summary; a run without one, or one with failures, is shown whole. */
export function summaryOf(ran: Ran): RunSummary {
  const last = ran.events.at(-1)
  if (last?.kind !== 'summary') throw new Error(`no summary, exit ${ran.code}:\n${ran.output.slice(-4000)}`)
  return last
}

/** Throws with the reasons when a run did not end with this code. */
export function expectCode(ran: Ran, code: number): RunSummary {
  const summary = summaryOf(ran)
  if (ran.code === code) return summary
  const changed = results(ran, ['changed', 'would-change', 'unknown', 'failed'])
  const errors = summary.hosts.map((host) => `${host.name}: ${host.outcome} ${host.error ?? ''}`)
  const logs = summary.failures.map((failure) => `${failure.host}: ${failure.title}: ${failure.log}`)
  throw new Error(`exit ${ran.code}, wanted ${code}\n${[...changed, ...errors, ...logs].join('\n')}`)
}

type Status = Extract<RunEvent, { kind: 'task' }>['status']

/** `HOST: TITLE` of every task that came out so, in the order of the names. */
export function results(ran: Ran, statuses: readonly Status[]): string[] {
  const tasks = ran.events.filter((event) => event.kind === 'task')
  return tasks
    .filter((event) => statuses.includes(event.status))
    .map((event) => `${event.host}: ${event.title}`)
    .sort()
}

/** Runs a script as root on a host; answers what it printed. */
export function on(lab: TestLab, name: string, script: string): Promise<string> {
  return insideOrFail(hostOf(lab, name), 'sh', '-c', script)
}

export function hostOf(lab: TestLab, name: string): LabHost {
  const host = lab.lab.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(`the lab has no host ${name}`)
  return host
}

/** Asks the cluster, from its first control plane. */
export async function kubectl(lab: TestLab, words: string): Promise<string> {
  return (await on(lab, 'cp1', `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`)).trim()
}

/** What provision keeps on this machine about the lab's cluster. */
export function stateDirectory(inventory: string): string {
  return join(dirname(inventory), '.provision', labName)
}

/** A changed copy of the inventory, in a directory of its own as another operator's would be. */
export function variant(lab: TestLab, name: string, change: (inventory: Inventory) => void): string {
  const inventory = parse(readFileSync(lab.inventory, 'utf8')) as Inventory
  change(inventory)
  const directory = join(labRoot(labName), name)
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'hosts.yaml')
  writeFileSync(file, stringify(inventory))
  return file
}

/** Writes a playbook of one task for all hosts beside the inventory; `lines` are the task's. */
export async function writePlaybook(lab: TestLab, name: string, lines: readonly string[]): Promise<string> {
  const file = join(dirname(lab.inventory), name)
  const head = ['description: For a test.', 'phases:', '  - name: own', '    hosts: all', '    tasks:']
  const [first, ...rest] = lines
  await writeFile(file, `${[...head, `      - ${first}`, ...rest.map((line) => `        ${line}`)].join('\n')}\n`)
  return file
}

/** Asks once a second until it holds; throws after so many seconds, with what it waited for. */
export async function eventually(what: string, holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`)
    await pause(1000)
  }
}

/** An inventory file as its writer sees it. */
export interface Inventory {
  hosts: Record<string, Record<string, unknown>>
  [setting: string]: unknown
}

const say: Progress = {
  async step(title, job) {
    const begun = performance.now()
    try {
      return await job(() => {})
    } finally {
      const seconds = (performance.now() - begun) / 1000
      if (seconds > 1) console.log(`${title}: ${seconds.toFixed(1)} s`)
    }
  },
  note: (line) => console.log(line),
}
