import { err, out, type Screen } from '../screen.ts'
import type { GlobalOptions } from './options.ts'

/** For people; beside the events where a program reads those. */
export function say(options: GlobalOptions, text: string): void {
  streamOf(options).write(`${text}\n`)
}

/** Where people read. */
export function streamOf(options: GlobalOptions): Screen {
  return options.output === 'json' ? err : out
}
