import type { PlannedTask } from '../compile/plan.ts'
import { ProtocolError } from '../errors.ts'
import type { ProgramEvent } from '../events/event.ts'
import { bounds, refusalOfValue } from '../events/host-words.ts'
import type { Host } from '../inventory/inventory.ts'
import type { RunContext } from './context.ts'

/** How a task may end; it does so once in a program. */
const ends: readonly string[] = ['ok', 'changed', 'would-change', 'unknown', 'failed']

/**
 * Lets through what the program that was sent can say: about its tasks, each begun and ended once, and values that they
 * give, each in its form and no more often than tasks give it. The rest is the host's invention and is dropped; a value
 * that may not be given fails the host. Throws ProtocolError.
 */
export function createSieve(
  host: Pick<Host, 'role'>,
  tasks: readonly PlannedTask[],
): (event: ProgramEvent) => ProgramEvent | undefined {
  const ids = new Set(tasks.map((task) => task.task))
  const open = new Map<string, number>()
  for (const { output } of tasks) if (output) open.set(output.name, (open.get(output.name) ?? 0) + 1)
  const kinds = new Map(tasks.flatMap((task) => (task.output ? [[task.output.name, task.output] as const] : [])))
  const seen = new Set<string>()

  const first = (what: string): boolean => !seen.has(what) && seen.add(what) !== undefined
  return (event) => {
    if (event.kind === 'output') {
      const kind = kinds.get(event.name)
      const left = open.get(event.name) ?? 0
      if (kind === undefined || left === 0) return undefined
      open.set(event.name, left - 1)
      const refusal = refusalOfValue(kind, event.value, host.role)
      if (refusal !== undefined) throw new ProtocolError(refusal)
      return event
    }
    if (!('task' in event)) return event
    const { kind, task } = event
    if (!ids.has(task)) return undefined
    if (ends.includes(kind)) return first(`end ${task}`) ? event : undefined
    if (kind === 'start' || kind === 'diff' || kind === 'log') return first(`${kind} ${task}`) ? event : undefined
    return event
  }
}

/**
 * Turns what one program says into what the run tells: task numbers become titles and places, outputs become values,
 * and a diff or a log goes with the result it belongs to. What its host makes up is left out: see {@link createSieve}.
 */
export function createRelay(
  host: string,
  tasks: readonly PlannedTask[],
  context: Pick<RunContext, 'emit' | 'gave'>,
): (event: ProgramEvent) => void {
  const byId = new Map(tasks.map((task) => [task.task, task]))
  const outputs = new Map(tasks.flatMap((task) => (task.output ? [[task.output.name, task.output] as const] : [])))
  let texts: { diff?: string; log?: string } = {}
  let phase: string | undefined
  let notes = 0
  const begun = new Map<string, number>()
  return (event) => {
    if (event.kind === 'output') {
      const output = outputs.get(event.name)
      if (output) context.gave(host, output.name, event.value, output.secret)
      return
    }
    if (!('task' in event)) return
    const task = byId.get(event.task)
    // A task that was never sent is the host's invention.
    if (task === undefined || event.kind === 'need') return
    if (task.phase !== phase) {
      phase = task.phase
      context.emit({ kind: 'phase', host, phase })
    }
    if (event.kind === 'note') {
      notes += 1
      const message = notes > bounds.notes ? `more than ${bounds.notes} notes; the rest is omitted` : noteOf(event.text)
      if (notes <= bounds.notes + 1) context.emit({ kind: 'notice', host, level: 'warning', message })
    } else if (event.kind === 'beat') {
      context.emit({ kind: 'progress', host, task: task.task, seconds: event.seconds, line: event.line })
    } else if (event.kind === 'diff' || event.kind === 'log') {
      texts = { ...texts, [event.kind]: event.text }
    } else {
      const { title, source } = task
      if (event.kind === 'start') begun.set(task.task, performance.now())
      const start = begun.get(task.task)
      const seconds =
        event.kind === 'start' || start === undefined ? {} : { seconds: (performance.now() - start) / 1000 }
      const failure = event.kind === 'failed' ? { stage: event.stage, code: event.code } : {}
      const told = event.kind === 'start' ? {} : texts
      if (event.kind !== 'start') texts = {}
      context.emit({
        kind: 'task',
        host,
        task: task.task,
        phase,
        title,
        source,
        status: event.kind,
        ...failure,
        ...seconds,
        ...told,
      })
    }
  }
}

function noteOf(text: string): string {
  return text.length <= bounds.noteLength ? text : `${text.slice(0, bounds.noteLength)}...`
}
