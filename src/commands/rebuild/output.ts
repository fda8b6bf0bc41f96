import type { GlobalOptions } from '../options.ts'

/** For people; beside the events where a program reads those. */
export function say(options: GlobalOptions, text: string): void {
  streamOf(options).write(`${text}\n`)
}

/** Where people read. */
export function streamOf(options: GlobalOptions): NodeJS.WriteStream {
  return options.output === 'json' ? process.stderr : process.stdout
}
