import { type DefaultRenderer, Listr, type ListrTaskWrapper, ProcessOutput, type SimpleRenderer } from 'listr2'
import type { RunEvent } from '../events/run-event.ts'
import { shown } from '../screen.ts'
import type { RunView } from './fold.ts'
import { fits, type LiveOptions, liveRows, type Row } from './live-rows.ts'

/** Milliseconds between looks at the state. */
const REFRESH = 200

/** The live view: the lines of `liveRows`, drawn by listr2, whose tasks do no work of their own. */
export interface LiveView {
  /** Called after the event has been folded into the state. */
  readonly event: (event: RunEvent) => void
  readonly close: () => Promise<void>
}

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

/** One line of the screen. */
interface Line {
  title: string
  task?: Task | undefined
  readonly finished: Promise<void>
  readonly finish: (state: Row['state']) => void
}

export function createLive(state: RunView, options: LiveOptions & { readonly stdout?: NodeJS.WriteStream }): LiveView {
  let lines: Line[] = []
  let drawn: Promise<unknown> | undefined
  let timer: NodeJS.Timeout | undefined

  const refresh = () => {
    const rows = liveRows(state, options)
    const fixed = fits(state, options.rows)
    for (const [index, line] of lines.entries()) {
      const row = rows[index]
      line.title = shown(row?.text ?? '')
      if (line.task) line.task.title = line.title
      if (fixed && row && row.state !== 'active') line.finish(row.state)
    }
  }

  const begin = () => {
    const fixed = fits(state, options.rows)
    lines = Array.from({ length: fixed ? state.hosts.size : Math.max(2, options.rows - 3) }, newLine)
    refresh()
    // Fixed lines stay as the run's record on the screen; the others tell nothing once it is over.
    drawn = draw(lines, !fixed, options.stdout)
    timer = setInterval(() => {
      try {
        refresh()
      } catch {
        // Told in the end, when it is looked at once more: here nobody could catch it.
        clearInterval(timer)
      }
    }, REFRESH)
    timer.unref()
  }

  return {
    event: (event) => {
      if (event.kind === 'run-started' && event.hosts.length > 0) begin()
    },
    close: async () => {
      clearInterval(timer)
      try {
        refresh()
      } finally {
        for (const line of lines) line.finish('done')
        await drawn
      }
    },
  }
}

function draw(lines: readonly Line[], clearOutput: boolean, stdout: NodeJS.WriteStream | undefined): Promise<unknown> {
  const output = stdout === undefined ? {} : { processOutput: new ProcessOutput(stdout, stdout) }
  const listr = new Listr<unknown, 'default', 'simple'>(
    lines.map((line) => ({
      title: line.title || ' ',
      task: async (_context: unknown, task: Task) => {
        line.task = task
        task.title = line.title || ' '
        await line.finished
      },
    })),
    {
      renderer: 'default',
      concurrent: true,
      exitOnError: false,
      // Interrupts are the run's business: hosts are told to stop after their current task.
      registerSignalListeners: false,
      rendererOptions: {
        clearOutput,
        collapseErrors: false,
        showErrorMessage: false,
        formatOutput: 'truncate',
        ...output,
      },
    },
  )
  return listr.run()
}

function newLine(): Line {
  let finish: Line['finish'] = () => {}
  const finished = new Promise<void>((resolve, reject) => {
    finish = (state) => (state === 'failed' ? reject(new Error('failed')) : resolve())
  })
  // Listr takes the failure; when it has not started yet, nobody else is to.
  finished.catch(() => {})
  return { title: '', finished, finish }
}
