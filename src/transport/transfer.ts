import { ProtocolError, UnreachableError } from '../errors.ts'
import { createHeld } from '../events/held.ts'
import { bounds } from '../events/host-words.ts'
import type { Lifeline } from './program-run.ts'
import type { RemoteFile, Upload } from './transport.ts'

/** Bytes of a part; files.sh has the same number. */
const PART = 4 * 1024 * 1024
/** Parts on their way that the host has not yet acknowledged: what bounds memory here, and fills a long line. */
const WINDOW = 4
/** Seconds without a byte or a word after which a transfer is given up although the connection stands. */
const STALLED = 180

/** The answer `KIND KEY DETAIL...` of the host, or bytes of the file. */
type Heard = { readonly bytes: Buffer } | { readonly words: readonly string[] } | 'lost'

/**
 * Reads a file of the host over as many connections as that takes: after a lost one it goes on at the byte where it broke
 * off. Throws where there is no such file, where it changes meanwhile, and UnreachableError.
 */
export async function fetchFile(path: string, key: string, lifeline: Lifeline): Promise<RemoteFile> {
  const ear = listen(key, `the file ${path}`, lifeline)
  const early = createHeld(bounds.early)
  let offset = 0
  let about: string | undefined
  let size = 0

  const ask = (): void => {
    lifeline.link().expect(key, offset)
    lifeline.link().send(`give ${key} ${offset} ${encode(path)}`)
  }
  /** Bytes, or undefined where something else was heard; what the host answers is taken in. */
  const hear = async (): Promise<Buffer | undefined> => {
    const heard = await ear()
    if (heard === 'lost') ask()
    else if ('bytes' in heard) {
      offset += heard.bytes.length
      if (heard.bytes.length > 0) lifeline.progress()
      return heard.bytes
    } else if (heard.words[0] === 'absent') throw new Error(`no file ${path} on the host`)
    else if (heard.words[0] === 'changed') throw changed(path)
    else if (heard.words[0] === 'file') {
      const [length = '', which = ''] = heard.words.slice(2)
      if (!/^\d{1,15}$/.test(length)) throw new ProtocolError(`no size of ${path}: ${length.slice(0, 40)}`)
      if (about !== undefined && about !== `${length} ${which}`) throw changed(path)
      about = `${length} ${which}`
      size = Number(length)
    }
    return undefined
  }

  ask()
  // The two streams of a channel are not in step: bytes may come before the answer that announces them.
  while (about === undefined) {
    const bytes = await hear()
    if (bytes !== undefined && !early.add(bytes)) throw new ProtocolError(`the host sends ${path} without its size`)
  }
  async function* bytes(): AsyncGenerator<Buffer> {
    try {
      let given = early.length
      if (given > size) throw changed(path)
      if (given > 0) yield Buffer.from(early.bytes())
      early.clear()
      while (given < size) {
        const piece = await hear()
        if (piece === undefined || piece.length === 0) continue
        given += piece.length
        if (given > size) throw changed(path)
        yield piece
      }
    } finally {
      lifeline.link().send(`enough ${key}`)
    }
  }
  return { size, bytes: bytes() }
}

/**
 * Puts a file on the host, mode 0600, in its place only once it is whole and its digest right. What an attempt that was cut
 * short has left there is gone on with, also that of an earlier run. Throws where there is no room, and UnreachableError.
 */
export async function storeFile(upload: Upload, key: string, lifeline: Lifeline): Promise<void> {
  const { path, size, sha256 } = upload
  const ear = listen(key, `the upload of ${path}`, lifeline)
  let begun = false
  const begin = (): void => {
    begun = true
    lifeline.link().send(`store ${key} ${size} ${sha256} ${encode(path)}`)
  }
  let damaged = 0
  let most = 0
  // That the host says again what it has is no progress.
  const got = (bytes: number): void => {
    const has = Math.min(bytes, size)
    if (has > most) lifeline.progress()
    most = Math.max(most, has)
    upload.onProgress?.(has)
  }
  begin()
  for (;;) {
    const heard = await ear()
    const [kind, , detail = ''] = heard === 'lost' || 'bytes' in heard ? [] : heard.words
    if (kind === 'kept') {
      lifeline.progress()
      return upload.onProgress?.(size)
    }
    if (kind === 'has') {
      // Said once for each beginning: else a host could have the file sent again for ever.
      if (!begun || !/^\d{1,15}$/.test(detail))
        throw new ProtocolError(`the host sent an unexpected answer about ${path}`)
      begun = false
      const sent = await sendParts(upload, Math.floor(Math.min(Number(detail), size) / PART), key, ear, got, lifeline)
      if (sent) lifeline.link().send(`keep ${key}`)
      else begin()
    } else if (kind === 'damaged') {
      damaged += 1
      if (damaged > 1) throw new Error(`${path} arrived damaged: its SHA-256 is not ${sha256}`)
      begin()
    } else if (kind === 'full' || kind === 'refused') throw refused(kind, detail, upload)
    else if (heard === 'lost') begin()
  }
}

/** Sends from this part on; false when the connection was lost and made again meanwhile. */
async function sendParts(
  upload: Upload,
  from: number,
  key: string,
  ear: () => Promise<Heard>,
  got: (bytes: number) => void,
  lifeline: Lifeline,
): Promise<boolean> {
  const source = inParts(upload.open(from * PART))
  let flying = 0
  let index = from
  let ended = false
  try {
    while (!ended || flying > 0) {
      if (!ended && flying < WINDOW) {
        const { value, done } = await source.next()
        ended = done === true
        if (value === undefined) continue
        // A host may acknowledge what it has not read: what it has not read is held here.
        await within(lifeline.link().drained(), `the upload of ${upload.path}`)
        lifeline.link().send(`part ${key} ${index} ${value.length}`, value)
        index += 1
        flying += 1
        continue
      }
      const heard = await ear()
      if (heard === 'lost') return false
      if ('bytes' in heard) continue
      const [kind, , detail = ''] = heard.words
      if (kind === 'full' || kind === 'refused') throw refused(kind, detail, upload)
      if (kind !== 'has' || flying === 0) continue
      flying -= 1
      got(Number(detail))
    }
    return true
  } finally {
    await source.return(undefined)
  }
}

/** The same bytes in parts of equal size, but the last. */
async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of source) {
    pieces.push(piece)
    length += piece.length
    if (length < PART) continue
    const whole = Buffer.concat(pieces)
    let at = 0
    for (; length - at >= PART; at += PART) yield whole.subarray(at, at + PART)
    pieces = [whole.subarray(at)]
    length -= at
  }
  if (length > 0) yield Buffer.concat(pieces)
}

/** Hears what is about this transfer, connecting again where the connection is lost. Every wait has an end. */
function listen(key: string, waitingFor: string, lifeline: Lifeline): () => Promise<Heard> {
  return async () => {
    for (;;) {
      const item = await within(lifeline.link().inbox.next(), waitingFor)
      if (item.kind === 'journal') return { bytes: item.bytes }
      if (item.kind === 'lost') {
        await lifeline.reconnect(item.reason, waitingFor)
        return 'lost'
      }
      if (item.words[1] === key) return { words: item.words }
    }
  }
}

async function within<T>(next: Promise<T>, waitingFor: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const stalled = new Promise<never>((_resolve, reject) => {
    const message = `no data for ${STALLED} s while waiting for ${waitingFor}`
    const hint = 'check its disk (dmesg, iostat on the host)'
    timer = setTimeout(() => reject(new UnreachableError(message, hint)), STALLED * 1000)
  })
  try {
    return await Promise.race([next, stalled])
  } finally {
    clearTimeout(timer)
  }
}

function refused(kind: string, detail: string, { path, size }: Upload): Error {
  if (kind === 'refused') return new Error(`${path} cannot be written on the host`)
  const room = Number(detail) > 0 ? `, ${detail} are free` : ''
  return new Error(`not enough disk space on the host for ${path}: ${size} bytes needed${room}`)
}

function changed(path: string): Error {
  return new Error(`${path} changed on the host while it was read`)
}

function encode(path: string): string {
  return Buffer.from(path).toString('base64')
}
