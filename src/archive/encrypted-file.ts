import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { UserError } from '../errors.ts'
import { decrypterOf, encrypterOf, type Keys, type Lock } from './secrets.ts'

/** What becomes of an age file's header when it is wrong; anything else is damage. */
const damaged = 'take another copy of it, or an older archive (provision backup list)'

/** Encrypts what comes into a file: see {@link writeFileWhole}. */
export async function writeEncrypted(path: string, lock: Lock, source: AsyncIterable<Uint8Array>): Promise<void> {
  const plain = Readable.toWeb(Readable.from(source)) as globalThis.ReadableStream<Uint8Array>
  await writeFileWhole(path, (await encrypterOf(lock).encrypt(plain)) as unknown as ReadableStream<Uint8Array>)
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
  await syncDirectory(dirname(path))
}

/**
 * What an age file holds, decrypted as it is read. Throws UserError, telling a wrong key from a damaged file; what came
 * before such an error is genuine, but not all of it.
 */
export async function* readEncrypted(path: string, keys: Keys): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path)
  const reader = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let opened = false
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
    const plain = (await decrypterOf(keys).decrypt(encrypted)) as unknown as ReadableStream<Uint8Array>
    opened = true
    for await (const piece of plain) yield piece
  } catch (error) {
    throw await explain(path, keys, error, opened, ended)
  } finally {
    source.destroy()
  }
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
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.subarray(0, bytesRead).toString('latin1')
  } finally {
    await file.close()
  }
}

/** A rename is on disk only once its directory is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
