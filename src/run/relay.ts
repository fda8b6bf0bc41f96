import type { ProgramEvent } from '../events/event.ts'
import type { PlannedTask } from '../plan/plan.ts'
import type { RunContext } from './context.ts'

/**
 * Turns what one program says into what the run tells: task numbers become titles and places, outputs become values,
 * and a diff or a log goes with the result it belongs to.
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
      context.emit({ kind: 'notice', host, level: 'warning', message: event.text })
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
