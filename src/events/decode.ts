import { ProtocolError } from '../errors.ts'
import type { EndResult, FailedStage, ProgramEvent } from './event.ts'
import { createHeld, type Held } from './held.ts'
import { bounds, streams } from './host-words.ts'
import { createLineSplitter } from './lines.ts'

/** Turns the bytes of one program's journal into events, as they come. */
export interface Decoder {
  /** Throws ProtocolError where a frame with the right nonce is not one that our own program could have sent. */
  push(bytes: Uint8Array): ProgramEvent[]
  /** Whether `end` has come. Nothing after it is looked at. */
  readonly ended: boolean
  /** Lines that were no frames of this program: a sign of noise or of forgery, and else without meaning. */
  readonly ignored: number
}

/** See {@link bounds}. */
export interface DecoderLimits {
  /** Bytes of one line. */
  readonly line: number
  /** Decoded bytes of one diff, log, note or output, where that is less than {@link streams} allow. */
  readonly stream: number
  /** Decoded bytes of all that have begun and not ended. */
  readonly open: number
  /** Events of one program. */
  readonly events: number
  /** Bytes of the journal. */
  readonly journal: number
}

const defaultLimits: DecoderLimits = { ...bounds, stream: streams.output }

const stages: readonly string[] = ['check', 'apply', 'recheck', 'timeout', 'output'] satisfies FailedStage[]
const results: readonly string[] = ['done', 'failed', 'needs', 'reboot', 'stopped', 'died'] satisfies EndResult[]
const isStream = (kind: string): kind is keyof typeof streams => Object.hasOwn(streams, kind)
const taskWords: readonly string[] = ['ok', 'start', 'changed', 'would-change', 'unknown']

/**
 * Frames are the lines `@NONCE KIND ARG...` that prelude.sh writes. The nonce is random and known only to the program,
 * so that what a task prints cannot pass for a frame; every other line is counted and ignored.
 */
export function createDecoder(nonce: string, limits: Partial<DecoderLimits> = {}): Decoder {
  const { line, stream, open, events, journal } = { ...defaultLimits, ...limits }
  const splitter = createLineSplitter(line)
  const prefix = `@${nonce} `
  const joining = createStreams(stream, open)
  let ignored = 0
  let count = 0
  let size = 0
  let ended = false

  const decode = (text: string): ProgramEvent | undefined => {
    if (!text.startsWith(prefix)) {
      ignored += 1
      return undefined
    }
    const [kind = '', arg = '', ...rest] = text.slice(prefix.length).split(' ')
    return isStream(kind) ? joining.add(kind, arg, rest) : frame(kind, arg, rest)
  }

  return {
    push(bytes) {
      if (ended) return []
      size += bytes.length
      if (size > journal) throw new ProtocolError(`more than ${journal} bytes from one program`)
      const decoded: ProgramEvent[] = []
      for (const text of splitter.push(bytes)) {
        const event = decode(text)
        if (event === undefined) continue
        if (++count > events) throw new ProtocolError(`more than ${events} events from one program`)
        decoded.push(event)
        ended = event.kind === 'end'
        if (ended) break
      }
      return decoded
    },
    get ended() {
      return ended
    },
    get ignored() {
      return ignored + splitter.dropped
    },
  }
}

function frame(kind: string, arg: string, rest: readonly string[]): ProgramEvent {
  if (taskWords.includes(kind)) return { kind, task: name(arg) } as ProgramEvent
  switch (kind) {
    case 'begin':
      return { kind, tasks: number(arg) }
    case 'failed':
      return { kind, task: name(arg), stage: oneOf<FailedStage>(stages, rest[0]), code: number(rest[1]) }
    case 'beat':
      return { kind, task: name(arg), seconds: number(rest[0]), line: rest.slice(1).join(' ') }
    case 'need':
      return { kind, task: name(arg), names: rest.filter((word) => word !== '').map(name) }
    case 'end':
      return { kind, result: oneOf<EndResult>(results, arg) }
    default:
      throw new ProtocolError(`unknown frame ${JSON.stringify(kind.slice(0, 40))}`)
  }
}

/**
 * Diffs, logs, notes and outputs come in pieces of base64, each a frame; a frame without a piece ends them. A piece is cut at
 * any character, so up to three wait for the next one; the rest is decoded as it comes.
 */
function createStreams(limit: number, openLimit: number) {
  const open = new Map<string, { readonly held: Held; rest: string }>()
  let held = 0
  return {
    add(kind: keyof typeof streams, arg: string, rest: readonly string[]): ProgramEvent | undefined {
      const key = `${kind} ${name(arg)}`
      const most = Math.min(limit, streams[kind])
      const stream = open.get(key) ?? { held: createHeld(most), rest: '' }
      const take = (text: string): void => {
        const bytes = Buffer.from(text, 'base64')
        if (!stream.held.add(bytes)) throw new ProtocolError(`${key}: more than ${most} bytes`)
        held += bytes.length
      }
      const chunk = rest[0] ?? ''
      if (chunk === '') {
        take(stream.rest)
        open.delete(key)
        held -= stream.held.length
        return streamEvent(kind, arg, stream.held.bytes().toString('utf8'))
      }
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(chunk)) throw new ProtocolError(`${key}: not base64`)
      const text = stream.rest + chunk
      const whole = text.length - (text.length % 4)
      take(text.slice(0, whole))
      stream.rest = text.slice(whole)
      if (held > openLimit) throw new ProtocolError(`more than ${openLimit} bytes in open streams`)
      if (open.size >= bounds.openCount && !open.has(key)) throw new ProtocolError('too many open streams')
      open.set(key, stream)
      return undefined
    },
  }
}

function streamEvent(kind: keyof typeof streams, arg: string, text: string): ProgramEvent {
  if (kind === 'output') return { kind, name: arg, value: withoutNewlines(text) }
  return { kind, task: arg, text }
}

/** Without the newlines it ends with. No regular expression: of many newlines with something behind, one would take long. */
function withoutNewlines(text: string): string {
  let end = text.length
  while (text[end - 1] === '\n') end -= 1
  return text.slice(0, end)
}

function name(word: string | undefined): string {
  if (word === undefined || !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(word)) throw malformed('name', word)
  return word
}

function number(word: string | undefined): number {
  if (word === undefined || !/^[0-9]{1,9}$/.test(word)) throw malformed('number', word)
  return Number(word)
}

function oneOf<T extends string>(words: readonly string[], word: string | undefined): T {
  if (word === undefined || !words.includes(word)) throw malformed(`one of ${words.join(', ')}`, word)
  return word as T
}

function malformed(wanted: string, got: string | undefined): ProtocolError {
  return new ProtocolError(`a frame says ${JSON.stringify((got ?? '').slice(0, 40))} where a ${wanted} belongs`)
}
