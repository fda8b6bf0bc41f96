import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { UnreachableError } from '../errors.ts'
import { createDecoder } from '../events/decode.ts'
import type { EndResult, ProgramEvent } from '../events/event.ts'
import type { Item, Link } from './link.ts'
import type { HostNotice } from './notice.ts'
import type { SendableProgram } from './transport.ts'
import { SILENT, Vigil } from './vigil.ts'
import { within } from './wait.ts'

/** Off the main thread: there may be a thousand of them. A third of the text is left, and slow links are what hosts have. */
const gzipped = promisify<string, Buffer>(gzip)

/** What a program's follower may do with the session. */
export interface Lifeline {
  readonly link: () => Link
  /**
   * A new link after a lost one. Throws UnreachableError when nothing has got through for too long, however often a
   * login did. `waitingFor`: what has not come, for the message.
   */
  readonly reconnect: (reason: string, waitingFor: string) => Promise<void>
  /** Something of what is waited for has got through. */
  readonly progress: () => void
  readonly notify: (notice: HostNotice) => void
}

/**
 * Sends a program and follows its journal to the end, over as many connections as that takes: after a lost one it
 * goes on at the byte where it broke off, so no event is lost and none comes twice. The last event is `end`.
 * Throws UnreachableError when nothing gets through any more, or the program gets nowhere.
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
  const vigil = new Vigil(program.deadlines ?? new Map(), seconds())
  let begun = false
  let offset = 0
  let size = Number.POSITIVE_INFINITY // of the journal, once the program is gone
  let again = false // the end of its journal has been asked for

  const ask = (): void => {
    const link = lifeline.link()
    size = Number.POSITIVE_INFINITY
    vigil.heard(seconds())
    link.expect(id, offset)
    if (begun) link.send(`follow ${id} ${offset}`)
    else link.send(`run ${id} ${digest} ${body.length} ${locked ? 'lock' : 'free'}`, body)
  }

  ask()
  for (;;) {
    const item = await nextItem(lifeline, vigil)
    if (item.kind === 'lost') {
      await lifeline.reconnect(item.reason, begun ? 'a report of its program' : 'the upload of its program')
      ask()
      continue
    }
    if (item.kind === 'journal') {
      begun = true
      offset += item.bytes.length
      if (item.bytes.length > 0) {
        vigil.heard(seconds())
        lifeline.progress()
      }
      for (const event of decoder.push(item.bytes)) {
        vigil.event(event, seconds())
        yield event
      }
      if (decoder.ended) return
    } else if (item.words[1] === id) {
      vigil.heard(seconds())
      lifeline.progress()
      if (item.words[0] === 'gone') size = Number(item.words[2])
      const result = answer(item.words, lifeline)
      if (result !== undefined) return yield { kind: 'end', result }
      // The tail of uutils ends with the program and does not read once more: what it left is there to be read.
      if (offset < size && size < Number.POSITIVE_INFINITY && !again) {
        again = true
        begun = true
        ask()
      }
    }
    // Answers may overtake the journal: the program is over for us when all it wrote has come.
    if (offset >= size) return yield { kind: 'end', result: 'died' }
  }
}

/** What comes next. Tells of a long silence, and throws UnreachableError at the end of the vigil. */
async function nextItem(lifeline: Lifeline, vigil: Vigil): Promise<Item> {
  const next = lifeline.link().inbox.next()
  let told = false
  for (;;) {
    const due = told ? vigil.endAt : Math.min(vigil.endAt, vigil.tellAt)
    const item = await within(next, due - seconds())
    if (item !== undefined) return item
    const now = seconds()
    if (now >= vigil.endAt) throw vigil.error(now)
    if (now < vigil.tellAt) continue
    told = true
    lifeline.notify({ kind: 'silent', seconds: SILENT })
  }
}

function seconds(): number {
  return performance.now() / 1000
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
      throw new UnreachableError('the program arrived incomplete', 'check the free space of /run on the host (df /run)')
    case 'busy':
      throw new UnreachableError(
        `program ${detail} of an earlier run is still running there and does not stop`,
        'inspect it on the host (/run/provision), and run the same command again when it has ended',
      )
    default:
      return undefined
  }
}
