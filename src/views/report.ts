import type { RunEvent, RunSummary } from '../events/run-event.ts'
import { err, out, type Screen, screenOn } from '../screen.ts'
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

/** What shows a run on a screen. */
interface View {
  readonly event: (event: RunEvent) => void
  readonly finish: (summary: RunSummary) => void
  /** Gives the screen back. */
  readonly close: () => Promise<void>
}

const noView: View = { event: () => {}, finish: () => {}, close: async () => {} }

/**
 * Opens the views of a run. Events go in redacted. Nobody who watches can end the run: a view that throws, or a record whose
 * disk is full, is told of once and given up.
 */
export function openReport(options: ReportOptions): Report {
  const screen = options.stdout ? screenOn(options.stdout) : out
  const now = options.now ?? Date.now
  const state = newRunView()
  const opened = viewOf(options, screen, state, now)
  let view = opened
  let record: RunRecord | undefined
  const given = new Set<string>()
  /** Does what only watches; where it throws, `giveUp` is done once, and it is told. */
  const watching = (what: string, watch: () => void, giveUp: () => void) => {
    try {
      watch()
    } catch (error) {
      giveUp()
      tell(what, error)
    }
  }
  const tell = (what: string, error: unknown) => {
    if (given.has(what)) return
    given.add(what)
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}; the run continues`
    // Where nothing else is shown any more, it is said all the same.
    if (view === noView) err.write(`warning: ${message}\n`)
    event({ kind: 'notice', at: now(), level: 'warning', message })
  }
  const recording = (write: () => void) =>
    watching('the record of this run can no longer be written', write, () => {
      record = undefined
    })
  const showing = (show: () => void) =>
    watching('the progress of this run can no longer be shown', show, () => {
      view = noView
    })
  const event = (one: RunEvent) => {
    if (one.kind === 'run-started' && options.records !== undefined) {
      const runs = options.records
      recording(() => {
        record = openRecord(runs, one.run)
      })
    }
    watching(
      'the summary of this run is incomplete',
      () => fold(state, one),
      () => {},
    )
    recording(() => record?.event(one))
    showing(() => view.event(one))
  }
  const close = async () => {
    recording(() => record?.close())
    await opened.close().catch((error: unknown) => tell('the end of the run was not shown', error))
  }
  return {
    event,
    finish: async (exitCode) => {
      state.lastAt = Math.max(state.lastAt, now())
      const summary = summarize(state, exitCode)
      event({ kind: 'summary', at: now(), ...summary })
      await close()
      showing(() => opened.finish(summary))
      return summary
    },
    close,
  }
}

function viewOf(options: ReportOptions, screen: Screen, state: RunView, now: () => number): View {
  if (options.output === 'none') return noView
  if (options.output === 'json') return jsonView(screen)
  const style = styleFor(screen)
  if (options.output === 'live' && screen.isTTY) return liveView(screen, style, state, now)
  return plainView(screen, style, options.verbose ?? false)
}

function jsonView(screen: Screen): View {
  return { event: (event) => screen.write(`${jsonLine(event)}\n`), finish: () => {}, close: async () => {} }
}

/** Lines as things happen; of a plan only what goes wrong, since the plan itself is shown whole at the end. */
function plainView(screen: Screen, style: Style, verbose: boolean): View {
  const plain = createPlain({ style, verbose })
  const plan = createPlanView()
  let check = false
  return {
    event: (event) => {
      if (event.kind === 'run-started') check = event.mode === 'check'
      plan.event(event)
      const planned = event.kind === 'task' && (event.status === 'would-change' || event.status === 'unknown')
      const lines = check && (planned || event.kind === 'host-finished') && !verbose ? [] : plain(event)
      for (const line of lines) screen.write(`${line}\n`)
    },
    finish: (summary) => end(screen, [plan.text(style), summaryText(summary, style)]),
    close: async () => {},
  }
}

function liveView(screen: Screen, style: Style, state: RunView, now: () => number): View {
  const live = createLive(state, { rows: screen.stream.rows, columns: screen.stream.columns, style, now })
  const plan = createPlanView()
  return {
    event: (event) => {
      plan.event(event)
      live.event(event)
    },
    finish: (summary) => end(screen, [plan.text(style), summaryText(summary, style)]),
    close: () => live.close(),
  }
}

function end(screen: Screen, blocks: readonly string[]): void {
  screen.write(`\n${blocks.filter((block) => block !== '').join('\n\n')}\n`)
}
