import { rowOf } from '../events/host-words.ts'
import type { RunEventBody } from '../events/run-event.ts'
import type { Session, Upload } from '../transport/transport.ts'
import { abortable } from '../transport/wait.ts'

/** A file that a run puts on a host before its first program: see {@link Upload}. */
export interface HostUpload extends Omit<Upload, 'onProgress'> {
  /** Name of a host of the run. */
  readonly host: string
}

/** A file that a task gave, as it comes: whoever takes it reads `bytes` to the end before it returns. */
export interface HostFile {
  readonly host: string
  /** Of the task's output. */
  readonly name: string
  /** On the host. */
  readonly path: string
  /** Bytes, exactly. */
  readonly size: number
  readonly bytes: AsyncIterable<Uint8Array>
}

type Emit = (event: RunEventBody) => void

/** Milliseconds between two words on how far a transfer is. */
const EVERY = 1000

/** Puts a file on a host, telling how far it is. Throws what storing throws, and the signal's reason. */
export async function storeUpload(
  upload: HostUpload,
  session: Session,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const { path, size, sha256, host } = upload
  const progress = teller({ kind: 'transfer', host, direction: 'to', file: path, size, bytes: 0 }, emit)
  progress(0)
  await session.store({
    path,
    size,
    sha256,
    open: (offset) => stoppable(upload.open(offset), signal),
    onProgress: progress,
  })
}

/** Has a file of a host taken, telling how far it is. Throws what fetching and taking throw, and the signal's reason. */
export async function fetchOutput(
  wanted: Pick<HostFile, 'host' | 'name' | 'path'>,
  session: Session,
  take: (file: HostFile) => Promise<void>,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const { host, path } = wanted
  const { size, bytes } = await session.fetch(path)
  const most = rowOf({ name: wanted.name, secret: false }).file ?? 0
  if (size > most) throw new Error(`its ${wanted.name} has ${size} bytes, and the limit is ${most}`)
  const progress = teller({ kind: 'transfer', host, direction: 'from', file: path, size, bytes: 0 }, emit)
  progress(0)
  let read = 0
  await take({ ...wanted, size, bytes: counted(stoppable(bytes, signal)) })
  if (read !== size) throw new Error(`only ${read} of ${size} bytes of ${path} were received`)

  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      yield piece
      read += piece.length
      progress(read)
    }
  }
}

/** Tells the first, the last, and of those between one a second. */
function teller(event: Extract<RunEventBody, { kind: 'transfer' }>, emit: Emit): (bytes: number) => void {
  let told = Number.NEGATIVE_INFINITY
  return (bytes) => {
    const now = performance.now()
    if (bytes < event.size && now - told < EVERY) return
    told = now
    emit({ ...event, bytes })
  }
}

async function* stoppable(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { value, done } = await abortable(pieces.next(), signal)
      if (done === true) return
      yield value
    }
  } finally {
    // Not waited for: where a piece is still awaited, it ends after that.
    void pieces.return?.()
  }
}
