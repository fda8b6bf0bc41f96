import type { Readable } from 'node:stream'
import { quoted } from '../clean.ts'

/** What the other side says before SSH begins. */
export interface FirstLine {
  /** Its first line, where that is no SSH version: at most 200 characters, printable. */
  readonly text: () => string | undefined
}

/** Seconds that the SSH version may take after another line: RFC 4253 lets a server say something first. */
const VERSION_SECONDS = 3

/** Bytes that are looked at. */
const MOST = 2000

/**
 * Listens to what comes on a stream until it is SSH. A machine that has said something else and no SSH version soon after is
 * no sshd, or one that has turned this machine away, and the stream is ended. To be called once the stream has its reader.
 */
export function listenForFirstLine(stream: Readable): FirstLine {
  let text = ''
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(timer)
    stream.off('data', read)
  }
  const read = (bytes: Buffer): void => {
    text += bytes.toString('latin1')
    if (/^SSH-/m.test(text)) {
      text = ''
      stop()
    } else if (text.length > MOST) stop()
    else if (text !== '') timer ??= setTimeout(() => stream.destroy(), VERSION_SECONDS * 1000)
  }
  stream.on('data', read)
  stream.once('close', stop)
  return {
    text: () => quoted(text.trim().split(/[\r\n]/)[0] ?? '', 200) || undefined,
  }
}
