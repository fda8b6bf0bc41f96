import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ReadableStream, TransformStream, type WritableStream } from 'node:stream/web'
import { Decrypter } from 'age-encryption'
import { syncDirectory } from '../disk/durable.ts'
import { UserError } from '../errors.ts'
import { decrypterOf, encrypterOf, type Keys, type Lock } from './encryption-keys.ts'

/** Bytes of a header; 4 KB are some thirty recipients. */
const MAX_HEADER = 64 * 1024

/** What becomes of an age file's header when it is wrong; anything else is damage. */
const damaged = 'take another copy of it, or an older archive (provision backup list)'

/** An encryption that has been begun, for one file. */
export interface Sealing {
  readonly plain: WritableStream<Uint8Array>
  readonly encrypted: ReadableStream<Uint8Array>
}

/**
 * Begins to encrypt. With a passphrase this takes seconds in which nothing else happens here: so it is done before anybody
 * waits for signs of life.
 */
export async function beginSealing(lock: Lock): Promise<Sealing> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const encrypted = await encrypterOf(lock).encrypt(readable)
  return { plain: writable, encrypted: encrypted as unknown as ReadableStream<Uint8Array> }
}

/** Encrypts what comes into a file: see {@link writeFileWhole}. */
export async function writeEncrypted(
  path: string,
  lock: Lock | Sealing,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { plain, encrypted } = 'plain' in lock ? lock : await beginSealing(lock)
  const writer = plain.getWriter()
  const feed = async (): Promise<void> => {
    try {
      for await (const piece of source) await writer.write(piece)
      await writer.close()
    } catch (error) {
      await writer.abort(error).catch(() => {})
    }
  }
  // What the source throws comes out at the other end.
  const feeding = feed()
  try {
    await writeFileWhole(path, encrypted)
  } catch (error) {
    // Where the file was never begun, nobody would take what is fed.
    if (!encrypted.locked) await encrypted.cancel(error)
    throw error
  } finally {
    await feeding
  }
}

/**
 * Writes what comes into a file, mode 0600, which has its name only once it is whole and on disk. Throws what the source
 * throws, leaving nothing.
 */
export async function writeFileWhole(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const part = `${path}.part`
  await rm(part, { force: true })
  const file = await open(part, 'wx', 0o600)
  try {
    for await (const piece of source) await file.writeFile(piece)
    await file.sync()
    await file.close()
  } catch (error) {
    await file.close().catch(() => {})
    await rm(part, { force: true })
    throw error
  }
  await rename(part, path)
  syncDirectory(dirname(path))
}

/** The key that a file's content is encrypted with, once somebody has opened it. */
export type FileKey = Uint8Array

/** Opens a file's header. With a passphrase this takes seconds, see {@link beginSealing}. Throws UserError. */
export async function openHeader(path: string, keys: Keys): Promise<FileKey> {
  try {
    const begin = await beginningOf(path)
    const end = /\n--- [^\n]*\n/.exec(begin)
    if (end === null) throw new Error('its header has no end')
    return await decrypterOf(keys).decryptHeader(Buffer.from(begin.slice(0, end.index + end[0].length), 'latin1'))
  } catch (error) {
    throw await explain(path, keys, error, false, false)
  }
}

/**
 * What an age file holds, decrypted as it is read. Throws UserError, telling a wrong key from a damaged file; what came
 * before such an error is genuine, but not all of it.
 */
export async function* readEncrypted(path: string, key: FileKey): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path)
  const reader = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let ended = false
  // Nothing is read ahead: so it is known whether an error comes from the file's end or from its middle.
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { value, done } = await reader.next()
    ended = done === true
    if (ended) controller.close()
    else controller.enqueue(value)
  }
  try {
    const encrypted = new globalThis.ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 })
    const plain = (await opened(key).decrypt(encrypted)) as unknown as ReadableStream<Uint8Array>
    for await (const piece of plain) yield piece
  } catch (error) {
    throw await explain(path, {}, error, true, ended)
  } finally {
    source.destroy()
  }
}

function opened(key: FileKey): Decrypter {
  const decrypter = new Decrypter()
  decrypter.addIdentity({ unwrapFileKey: () => key })
  return decrypter
}

async function explain(path: string, keys: Keys, error: unknown, opened: boolean, ended: boolean): Promise<unknown> {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return new UserError(`there is no archive ${path}`, 'provision backup list tells what there is')
  if (code !== undefined) return new UserError(`${path} cannot be read: ${message}`)
  if (opened)
    return ended
      ? new UserError(`${path} is not whole: it was cut short, or its end was altered`, damaged)
      : new UserError(`${path} was altered: its content is not what was encrypted`, damaged)
  const begin = await beginningOf(path)
  if (!begin.startsWith('age-encryption.org/v1\n'))
    return new UserError(`${path} is no encrypted archive`, 'archives are files that end in .tar.age')
  if (!/no identity matched/.test(message))
    return new UserError(`${path} is damaged where it begins: ${message}`, damaged)
  const withPassphrase = /\n-> scrypt /.test(begin)
  if (withPassphrase && keys.passphrase === undefined)
    return new UserError(
      `${path} is encrypted with a passphrase`,
      'give it: backup.passphrase in the inventory, or answer when asked',
    )
  if (withPassphrase)
    return new UserError(`the passphrase is not that of ${path}`, 'was it changed after the archive was made?')
  if ((keys.identities ?? []).length === 0)
    return new UserError(
      `${path} is encrypted for recipients`,
      'name the file with a secret key: backup.identity in the inventory, or --identity FILE',
    )
  return new UserError(
    `the identity does not open ${path}`,
    'it was encrypted for other recipients; name the identity file of one of them',
  )
}

/** Whether a passphrase opens the file. False also for what is no archive; reading it says so. */
export async function isAddressedByPassphrase(path: string): Promise<boolean> {
  try {
    return /\n-> scrypt /.test(await beginningOf(path))
  } catch {
    return false
  }
}

/** Enough of a file to see its header. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER), 0, MAX_HEADER, 0)
    return buffer.subarray(0, bytesRead).toString('latin1')
  } finally {
    await file.close()
  }
}
