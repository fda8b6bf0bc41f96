import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { clean } from './clean.ts'

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'dim' | 'bold'

/** Paints text, or leaves it as it is where colours are not wanted. */
export type Style = (colour: Colour, text: string) => string

/**
 * Paint is noted in text by a sequence that only this process knows, and becomes what terminals understand at the door:
 * colours that a host sends are none of ours. It has the form of an escape sequence, so that whatever strips those strips it.
 */
const nonce = randomBytes(8).toString('hex')
const noted = new RegExp(`\\x1b\\]${nonce};(\\d+)\\x07`)
const note = (code: string | number) => `\x1b]${nonce};${code}\x07`

export const plainStyle: Style = (_colour, text) => text

export const colourStyle: Style = (colour, text) => {
  const [on, off] = inspect.colors[colour] as [number, number]
  return `${note(on)}${text}${note(off)}`
}

/** The text cleaned, with the paint of ours in it still noted. */
export function cleanStyled(text: string): string {
  return pieces(text, note)
}

/** The text cleaned, with the paint of ours as terminals understand it. */
export function shown(text: string): string {
  return pieces(text, (code) => `\x1b[${code}m`)
}

function pieces(text: string, paint: (code: string) => string): string {
  return text
    .split(noted)
    .map((piece, index) => (index % 2 === 0 ? clean(piece) : paint(piece)))
    .join('')
}

/** Where text goes out. The only way to standard output and standard error: a test sees to it. */
export interface Screen {
  readonly isTTY: boolean
  readonly hasColors: () => boolean
  /** Text for people, whoever it is from: cleaned, with our paint. */
  readonly write: (text: string) => void
  /** Text of ours for programs, byte for byte; on a terminal it is for people. */
  readonly data: (text: string) => void
  /** For libraries that draw by themselves; what they are given must have been cleaned. */
  readonly stream: NodeJS.WriteStream
}

/**
 * A screen on a stream. A reader that goes away, or a full disk below it, ends nothing: `onFailure` is called once, and what
 * would be written after that is dropped.
 */
export function screenOn(stream: NodeJS.WriteStream, onFailure: (code: string) => void = () => {}): Screen {
  let gone = false
  const fail = (error: NodeJS.ErrnoException) => {
    if (!gone) onFailure(error.code ?? error.message)
    gone = true
  }
  stream.on?.('error', fail)
  // A terminal that does not know its width, as serial consoles and some of `script`, reports 0: prompts then have a line a character.
  if (stream.isTTY && stream.columns === 0) stream.columns = 80
  const send = (text: string) => {
    if (gone) return
    try {
      stream.write(text)
    } catch (error) {
      fail(error as NodeJS.ErrnoException)
    }
  }
  return {
    isTTY: stream.isTTY === true,
    hasColors: () => stream.hasColors?.() ?? false,
    write: (text) => send(shown(text)),
    data: (text) => send(stream.isTTY === true ? clean(text) : text),
    stream,
  }
}

let lost = false

/** Whether data for programs may be cut short: a disk was full, which no reader that goes away is. */
export function outputIsLost(): boolean {
  return lost
}

export const err: Screen = screenOn(process.stderr)

let dataWritten = false
const standard: Screen = screenOn(process.stdout, (code) => {
  lost = dataWritten && code !== 'EPIPE'
  err.write(`standard output cannot be written any more (${code}); continuing without it\n`)
})

export const out: Screen = {
  ...standard,
  data: (text) => {
    dataWritten = true
    standard.data(text)
  },
}

/** Returns once everything has been written, or cannot be. */
export async function written(): Promise<void> {
  for (const { stream } of [out, err]) await new Promise<void>((resolve) => stream.write('', () => resolve()))
}
