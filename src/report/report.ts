import type { RunEvent, RunSummary } from '../events/run-event.ts'
import { fold, newRunView, type RunView } from './fold.ts'
import { jsonLine } from './json.ts'
import { createLive } from './live.ts'
import { createPlain } from './plain.ts'
import { createPlanView } from './plan.ts'
import { openRecord, type RunRecord } from './record.ts'
import { type Style, styleFor } from './style.ts'
import { summarize } from './summarize.ts'
import { summaryText } from './summary.ts'

export type Output = 'live' | 'plain' | 'json' | 'none'

export interface ReportOptions {
  /** `live` needs a terminal; elsewhere it becomes `plain`. */
  readonly output: Output
  readonly verbose?: boolean | undefined
  /** Where run records are kept: .provision/CLUSTER/runs. None without it. */
  readonly records?: string | undefined
  readonly stdout?: NodeJS.WriteStream | undefined
  readonly now?: (() => number) | undefined
}

/** All who watch one run: the screen, the record, and the summary in the making. */
export interface Report {
  readonly event: (event: RunEvent) => void
  /** Ends the views, tells everybody the summary, and returns it. `exitCode` where the caller knows better than the outcomes. */
  readonly finish: (exitCode?: number) => Promise<RunSummary>
  /** Lets go of the screen and the record without a summary, when the run ends in an exception. After `finish` nothing is left to do. */
  readonly close: () => Promise<void>
}

/** What shows a run on a stream. */
interface View {
  readonly event: (event: RunEvent) => void
  readonly finish: (summary: RunSummary) => void
  /** Gives the screen back. */
  readonly close: () => Promise<void>
}

/** Opens the views of a run. Events go in redacted. */
export function openReport(options: ReportOptions): Report {
  const stdout = options.stdout ?? process.stdout
  const now = options.now ?? Date.now
  const state = newRunView()
  const view = viewOf(options, stdout, state, now)
  let record: RunRecord | undefined
  const event = (one: RunEvent) => {
    if (one.kind === 'run-started' && options.records !== undefined) record = openRecord(options.records, one.run)
    fold(state, one)
    record?.event(one)
    view.event(one)
  }
  return {
    event,
    finish: async (exitCode) => {
      state.lastAt = Math.max(state.lastAt, now())
      const summary = summarize(state, exitCode)
      event({ kind: 'summary', at: now(), ...summary })
      record?.close()
      await view.close()
      view.finish(summary)
      return summary
    },
    close: async () => {
      record?.close()
      await view.close()
    },
  }
}

function viewOf(options: ReportOptions, stdout: NodeJS.WriteStream, state: RunView, now: () => number): View {
  if (options.output === 'none') return { event: () => {}, finish: () => {}, close: async () => {} }
  if (options.output === 'json') return jsonView(stdout)
  const style = styleFor(stdout)
  if (options.output === 'live' && stdout.isTTY) return liveView(stdout, style, state, now)
  return plainView(stdout, style, options.verbose ?? false)
}

function jsonView(stdout: NodeJS.WriteStream): View {
  return { event: (event) => void stdout.write(`${jsonLine(event)}\n`), finish: () => {}, close: async () => {} }
}

/** Lines as things happen; of a plan only what goes wrong, since the plan itself is shown whole at the end. */
function plainView(stdout: NodeJS.WriteStream, style: Style, verbose: boolean): View {
  const plain = createPlain({ style, verbose })
  const plan = createPlanView()
  let check = false
  return {
    event: (event) => {
      if (event.kind === 'run-started') check = event.mode === 'check'
      plan.event(event)
      const planned = event.kind === 'task' && (event.status === 'would-change' || event.status === 'unknown')
      const lines = check && (planned || event.kind === 'host-finished') && !verbose ? [] : plain(event)
      for (const line of lines) stdout.write(`${line}\n`)
    },
    finish: (summary) => end(stdout, [plan.text(style), summaryText(summary, style)]),
    close: async () => {},
  }
}

function liveView(stdout: NodeJS.WriteStream, style: Style, state: RunView, now: () => number): View {
  const live = createLive(state, { rows: stdout.rows, columns: stdout.columns, style, now })
  const plan = createPlanView()
  return {
    event: (event) => {
      plan.event(event)
      live.event(event)
    },
    finish: (summary) => end(stdout, [plan.text(style), summaryText(summary, style)]),
    close: () => live.close(),
  }
}

function end(stdout: NodeJS.WriteStream, blocks: readonly string[]): void {
  stdout.write(`\n${blocks.filter((block) => block !== '').join('\n\n')}\n`)
}
