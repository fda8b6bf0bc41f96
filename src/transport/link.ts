import { bounds } from '../events/host-words.ts'
import { createLineSplitter } from '../events/lines.ts'
import { bootstrapCommand, passwordLine, passwordPrompt, scriptPart } from './bootstrap.ts'
import type { Channel, Connection } from './connect.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { createJournalStream } from './journal-stream.ts'
import { isAccountRefusal, isOtherQuestion } from './session-refusal.ts'

/** What comes from the host's end of a session. */
export type Item =
  /**
   * An answer, its `%` taken off, in words; before the greeting `shell` once the login shell has run our command, `asks` each
   * time sudo wants a password, and `root`.
   */
  | { readonly kind: 'answer'; readonly words: readonly string[] }
  /** More bytes of the expected journal; none when its announcement came alone. */
  | { readonly kind: 'journal'; readonly bytes: Buffer }
  /** The end, always last. */
  | { readonly kind: 'lost'; readonly reason: string; readonly exitCode?: number | undefined }

/** The session script running on a host, over one connection and one exec. */
export interface Link {
  readonly inbox: Inbox<Item>
  readonly connection: Connection
  /** Our clock, in seconds, when the script was sent: the session does nothing before. */
  readonly sentAt: () => number
  /** The last lines that were said beside answers, on either stream; a last one may have no end yet. */
  readonly said: () => readonly string[]
  readonly lost: () => boolean
  /** Resolves when the link is lost or has ended as asked. */
  readonly ended: Promise<void>
  /** Writes a verb, with what belongs to it. Does nothing once the link is lost: the inbox says so. */
  send(verb: string, body?: Uint8Array): void
  /** Resolves once what was sent is on its way, or the link is lost. */
  drained(): Promise<unknown>
  /** Of what comes on stdout, only the bytes of this journal from this offset count from now on. */
  expect(id: string, offset: number): void
  close(): void
}

/**
 * Starts the session script. Its greeting is the first answer. Throws UserError for a password that sudo could not read, and
 * UnreachableError where the host starts no command.
 */
export async function openLink(
  connection: Connection,
  script: Buffer,
  sudoPassword: string | undefined,
): Promise<Link> {
  const password = sudoPassword === undefined || sudoPassword === '' ? undefined : passwordLine(sudoPassword)
  const command = bootstrapCommand(script, password !== undefined)
  return wire(connection, await connection.exec(command), password, scriptPart(script))
}

/**
 * @param password what to send when sudo asks, the first time
 * @param script what to send once the host is root
 */
function wire(connection: Connection, channel: Channel, password: string | undefined, script: Buffer): Link {
  const journal = createJournalStream()
  const answers = createLineSplitter(bounds.answer)
  const early = createLineSplitter(bounds.answer)
  const said: string[] = []
  const streams = [channel, channel.stderr]
  let sentAt = Date.now() / 1000
  let begun = false
  let asked = false
  let exitCode: number | undefined
  let lost = false
  let ending = (): void => {}
  const ended = new Promise<void>((resolve) => {
    ending = resolve
  })
  const inbox = createInbox<Item>(
    () => {
      for (const stream of streams) stream.pause()
    },
    () => {
      for (const stream of streams) stream.resume()
    },
  )
  const end = (reason: string): void => {
    if (lost) return
    lost = true
    inbox.push({ kind: 'lost', reason, exitCode })
    ending()
  }

  const listenTo = (line: string): void => {
    if (said.push(line) > bounds.said) said.shift()
    if (!begun && isAccountRefusal(line)) refuse()
  }
  const refuse = (): void => {
    end('the host refused')
    connection.close()
  }
  const givePassword = (): void => {
    if (password !== undefined && !asked && !begun) channel.write(password)
    asked = true
  }
  const begin = (): void => {
    if (begun) return
    begun = true
    sentAt = Date.now() / 1000
    channel.write(script)
  }
  channel.on('data', (bytes: Buffer) => {
    if (!begun) for (const line of early.push(bytes)) listenTo(line)
    const part = journal.push(bytes)
    if (part !== undefined) inbox.push({ kind: 'journal', bytes: part })
    else if (journal.dropped() > bounds.stray) {
      end(`the host sent more than ${bounds.stray} unexpected bytes`)
      connection.close()
    }
  })
  channel.stderr.on('data', (bytes: Buffer) => {
    for (const line of answers.push(bytes)) {
      const words = line.includes(passwordPrompt) ? ['asks'] : line.startsWith('%') ? line.slice(1).split(' ') : []
      if (words.length === 0 || words[0] === 'refused') listenTo(line)
      else if (words[0] !== 'pong') {
        if (words[0] === 'asks') givePassword()
        else if (words[0] === 'root') begin()
        inbox.push({ kind: 'answer', words })
      }
    }
    if (!begun && isOtherQuestion(answers.rest())) refuse()
  })
  channel.on('error', () => {}) // its close follows
  channel.on('close', (code?: unknown) => {
    exitCode = typeof code === 'number' ? code : undefined
    end(connection.failure() ?? 'the session ended')
  })
  connection.onClose(() => end(connection.failure() ?? 'the connection was closed'))

  return {
    inbox,
    connection,
    sentAt: () => sentAt,
    said: () => [...said, answers.rest(), early.rest()].filter((line) => line.trim() !== ''),
    lost: () => lost,
    ended,
    send(verb, body) {
      if (lost || !channel.writable) return
      channel.write(body ? Buffer.concat([Buffer.from(`${verb}\n`), body]) : `${verb}\n`)
    },
    async drained() {
      if (!lost && channel.writableNeedDrain)
        await Promise.race([new Promise((resolve) => channel.once('drain', resolve)), ended])
    },
    expect(id, offset) {
      // What was not read of another file or journal is none of this one.
      inbox.drop((item) => item.kind === 'journal')
      journal.expect(id, offset)
    },
    close() {
      end('closed')
      connection.close()
    },
  }
}
