import { ProtocolError } from '../errors.ts'
import type { EndResult, FailedStage, ProgramEvent } from './event.ts'
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

export interface DecoderLimits {
  /** Bytes of one line. */
  readonly line: number
  /** Decoded bytes of one diff, log or output. */
  readonly stream: number
  /** Events of one program. */
  readonly events: number
}

/** Far above what a program of ours sends, far below what would hurt. */
const defaultLimits: DecoderLimits = { line: 16_384, stream: 4 * 1024 * 1024, events: 200_000 }

const stages: readonly string[] = ['check', 'apply', 'recheck', 'timeout', 'output'] satisfies FailedStage[]
const results: readonly string[] = ['done', 'failed', 'needs', 'reboot', 'stopped', 'died'] satisfies EndResult[]
const streams: readonly string[] = ['diff', 'log', 'note', 'output']
const taskWords: readonly string[] = ['ok', 'start', 'changed', 'would-change', 'unknown']

/**
 * Frames are the lines `@NONCE KIND ARG...` that prelude.sh writes. The nonce is random and known only to the program,
 * so that what a task prints cannot pass for a frame; every other line is counted and ignored.
 */
export function createDecoder(nonce: string, limits: Partial<DecoderLimits> = {}): Decoder {
  const { line, stream, events } = { ...defaultLimits, ...limits }
  const splitter = createLineSplitter(line)
  const prefix = `@${nonce} `
  const joining = createStreams(stream)
  let ignored = 0
  let count = 0
  let ended = false

  const decode = (text: string): ProgramEvent | undefined => {
    if (!text.startsWith(prefix)) {
      ignored += 1
      return undefined
    }
    const [kind = '', arg = '', ...rest] = text.slice(prefix.length).split(' ')
    return streams.includes(kind) ? joining.add(kind, arg, rest) : frame(kind, arg, rest)
  }

  return {
    push(bytes) {
      if (ended) return []
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

/** Diffs, logs, notes and outputs come in pieces of base64, each a frame; a frame without a piece ends them. */
function createStreams(limit: number) {
  const open = new Map<string, { chunks: Buffer[]; size: number }>()
  return {
    add(kind: string, arg: string, rest: readonly string[]): ProgramEvent | undefined {
      const key = `${kind} ${name(arg)}`
      const stream = open.get(key) ?? { chunks: [], size: 0 }
      const chunk = rest[0] ?? ''
      if (chunk === '') {
        open.delete(key)
        return streamEvent(kind, arg, Buffer.concat(stream.chunks).toString('utf8'))
      }
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(chunk)) throw new ProtocolError(`${key}: not base64`)
      // Base64 is cut at any character, so the pieces are joined before they are decoded.
      stream.chunks.push(Buffer.from(chunk, 'latin1'))
      stream.size += chunk.length
      if (stream.size > (limit * 4) / 3) throw new ProtocolError(`${key}: more than ${limit} bytes`)
      if (open.size >= 64 && !open.has(key)) throw new ProtocolError('too many open streams')
      open.set(key, stream)
      return undefined
    },
  }
}

function streamEvent(kind: string, arg: string, encoded: string): ProgramEvent {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  if (kind === 'output') return { kind, name: arg, value: text.replace(/\n+$/, '') }
  return { kind: kind as 'diff' | 'log' | 'note', task: arg, text }
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
