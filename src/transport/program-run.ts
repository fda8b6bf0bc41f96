import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { UnreachableError } from '../errors.ts'
import { createDecoder } from '../events/decode.ts'
import type { EndResult, ProgramEvent } from '../events/event.ts'
import type { Link } from './link.ts'
import type { HostNotice } from './notice.ts'
import type { SendableProgram } from './transport.ts'

/** Off the main thread: there may be a thousand of them. A third of the text is left, and slow links are what hosts have. */
const gzipped = promisify<string, Buffer>(gzip)

/** What a program's follower may do with the session. */
export interface Lifeline {
  readonly link: () => Link
  /** A new link after a lost one; throws UnreachableError when there is none for too long. */
  readonly reconnect: (reason: string) => Promise<void>
  readonly notify: (notice: HostNotice) => void
}

/**
 * Sends a program and follows its journal to the end, over as many connections as that takes: after a lost one it
 * goes on at the byte where it broke off, so no event is lost and none comes twice. The last event is `end`.
 * @param locked whether programs of other runs must be out of the way first
 */
export async function* followProgram(
  program: SendableProgram,
  locked: boolean,
  lifeline: Lifeline,
): AsyncGenerator<ProgramEvent> {
  const { id } = program
  const body = await gzipped(program.text)
  const digest = createHash('sha256').update(body).digest('hex')
  const decoder = createDecoder(program.nonce)
  let begun = false
  let offset = 0
  let size = Number.POSITIVE_INFINITY // of the journal, once the program is gone

  const ask = (): void => {
    const link = lifeline.link()
    size = Number.POSITIVE_INFINITY
    link.expect(id, offset)
    if (begun) link.send(`follow ${id} ${offset}`)
    else link.send(`run ${id} ${digest} ${body.length} ${locked ? 'lock' : 'free'}`, body)
  }

  ask()
  for (;;) {
    const item = await lifeline.link().inbox.next()
    if (item.kind === 'lost') {
      await lifeline.reconnect(item.reason)
      ask()
      continue
    }
    if (item.kind === 'journal') {
      begun = true
      offset += item.bytes.length
      for (const event of decoder.push(item.bytes)) yield event
      if (decoder.ended) return
    } else if (item.words[1] === id) {
      if (item.words[0] === 'gone') size = Number(item.words[2])
      const result = answer(item.words, lifeline)
      if (result !== undefined) return yield { kind: 'end', result }
    }
    // Answers may overtake the journal: the program is over for us when all it wrote has come.
    if (offset >= size) return yield { kind: 'end', result: 'died' }
  }
}

/** What an answer about the program means: how it ended, or nothing yet. Throws UnreachableError. */
function answer(words: readonly string[], lifeline: Lifeline): EndResult | undefined {
  const [kind, , detail = ''] = words
  switch (kind) {
    case 'orphan':
      lifeline.notify({ kind: 'orphan', program: detail })
      return undefined
    case 'waiting':
      lifeline.notify({ kind: 'waiting-for-orphan', seconds: Number(detail) })
      return undefined
    case 'stopped':
      return 'stopped'
    case 'unknown': // its directory is gone, so the host was started again meanwhile
      return 'died'
    case 'damaged':
      throw new UnreachableError('the program did not arrive whole', 'is there room on /run of the host? (df /run)')
    case 'busy':
      throw new UnreachableError(
        `program ${detail} of an earlier run still runs there and does not stop`,
        'look on the host at what it does (/run/provision), and run the same command again when it is over',
      )
    default:
      return undefined
  }
}
