import { clearLine, cursorTo } from 'node:readline'
import { clean } from '../../src/clean.ts'
import type { Screen } from '../../src/screen.ts'
import { lastDurations, recordDuration } from './durations.ts'
import type { Progress, Tell } from './program.ts'

/** Milliseconds between two reports of a running step: on a terminal, and elsewhere, where the first one comes sooner. */
const redraw = 1_000
const first = 5_000
const interval = 30_000

/**
 * Shows steps one after the other: what is done, how far it is, how long it takes and how long it took last time. A terminal
 * has one line a step, drawn again every second; elsewhere a line follows after 5 s, and then every 30 s.
 */
export function progressOn(screen: Screen): Progress {
  const step: Progress['step'] = async (title, job) => {
    const last = (await lastDurations())[title]
    const start = performance.now()
    let state = ''
    const tell: Tell = (text) => {
      state = clean(text).replace(/\s+/g, ' ').trim()
    }
    const report = () => {
      const took = `${duration(performance.now() - start)}${last === undefined ? '' : ` (last time ${duration(last)})`}`
      return state === '' ? took : `${took}: ${state}`
    }
    const line = screen.isTTY ? drawn(screen, title, report) : written(screen, title, report)
    try {
      const result = await job(tell)
      await recordDuration(title, performance.now() - start)
      return result
    } finally {
      line.end(duration(performance.now() - start))
    }
  }
  return { step, note: (text) => screen.write(`${text}\n`) }
}

/** Shows nothing. */
export const quiet: Progress = { step: (_title, job) => job(() => {}), note: () => {} }

interface Line {
  end(took: string): void
}

function drawn(screen: Screen, title: string, report: () => string): Line {
  const draw = (text: string) => {
    cursorTo(screen.stream, 0)
    clearLine(screen.stream, 0)
    screen.write(text)
  }
  const show = () => draw(`${title} ... ${report()}`.slice(0, (screen.stream.columns || 80) - 1))
  screen.write(`${title} ... `)
  const timer = setInterval(show, redraw)
  return {
    end(took) {
      clearInterval(timer)
      draw(`${title} ... ${took}\n`)
    },
  }
}

function written(screen: Screen, title: string, report: () => string): Line {
  screen.write(`${title} ... `)
  let several = false
  const show = () => {
    screen.write(`${several ? '' : '\n'}  ${report()}\n`)
    several = true
    timer = setTimeout(show, interval)
  }
  let timer = setTimeout(show, first)
  return {
    end(took) {
      clearTimeout(timer)
      screen.write(several ? `  ended after ${took}\n` : `${took}\n`)
    },
  }
}

/** Milliseconds as `4.2 s` or `8 min 40 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
