import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Puts a small file in place, mode 0600, and makes its directory where that is missing. On disk when this returns; where it
 * throws, or the machine fails meanwhile, the file is as it was. Processes that write the same file at once do not mix.
 * Throws an Error with the file's name and the `code` of the system.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  // A name of its own: two writers never share a half-written file.
  const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  naming(path, () => {
    makeDirectory(dirname(path))
    try {
      writeFileSync(part, content, { mode: 0o600, flag: 'wx', flush: true })
      renameSync(part, path)
    } catch (error) {
      rmSync(part, { force: true })
      throw error
    }
    syncDirectory(dirname(path))
  })
}

/**
 * Adds a line, which ends in a newline, to a file that several processes may add to at once; in one write, so that lines do
 * not mix. A last line without its newline is ended first. On disk when this returns; where it throws, the file is as it
 * was. Throws as {@link replaceFile} does.
 */
export function appendLine(path: string, line: string): void {
  naming(path, () => {
    makeDirectory(dirname(path))
    const file = openSync(path, 'a+', 0o600)
    try {
      const { size } = fstatSync(file)
      const text = endsInNewline(file, size) ? line : `\n${line}`
      try {
        writeFileSync(file, text)
        fsyncSync(file)
      } catch (error) {
        // Half a line, of a disk that has run full. What another process added behind it is not cut off.
        if (fstatSync(file).size < size + Buffer.byteLength(text)) ftruncateSync(file, size)
        throw error
      }
      if (size === 0) syncDirectory(dirname(path))
    } finally {
      closeSync(file)
    }
  })
}

/** Removes a file, where there is one. On disk when this returns: it does not come back. */
export function removeFile(path: string): void {
  naming(path, () => {
    rmSync(path, { force: true })
    try {
      syncDirectory(dirname(path))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  })
}

/** Makes a directory for its owner only, with those above it that are missing. On disk when this returns. */
export function makeDirectory(path: string): void {
  const whole = resolve(path)
  const first = mkdirSync(whole, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  // The entry of each new directory is in the one above it.
  for (let made = whole; made.length >= first.length; made = dirname(made)) syncDirectory(dirname(made))
}

/** A name that was given, changed or removed is on disk only once its directory is. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } catch (error) {
    // Some network file systems have no such call.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  } finally {
    closeSync(directory)
  }
}

function endsInNewline(file: number, size: number): boolean {
  if (size === 0) return true
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last.toString() === '\n'
}

/** Errors of the file system name the call, not always the file. */
function naming(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw Object.assign(new Error(`${path} cannot be written: ${message}`, { cause: error }), { code })
  }
}
