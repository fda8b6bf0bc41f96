import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Problem, UserError } from '../errors.ts'

const { R_OK, W_OK, X_OK } = constants

/** What a file system of this machine would not let us do: no fault of ours, and nothing that another try mends. */
export function denied(error: unknown): Problem | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, path } = each as NodeJS.ErrnoException
    if (path === undefined) continue
    if (code === 'EACCES' || code === 'EPERM') {
      const place = nearest(path)
      return notYours(place, access(place, R_OK) === undefined ? 'written' : 'read')
    }
    if (code === 'EROFS') return readOnly(nearest(path))
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return { message: `${nearest(path)} has not enough room`, hint: `make room: \`df -h ${nearest(path)}\`` }
  }
  return undefined
}

/** The text of a file; undefined where there is none. Throws UserError where it is kept from us. */
export function readIfThere(path: string): string | undefined {
  return ifThere(() => readFileSync(path, 'utf8'))
}

/** The names in a directory; none where there is no such directory. Throws as {@link readIfThere} does. */
export function listIfThere(path: string): string[] {
  return ifThere(() => readdirSync(path)) ?? []
}

function ifThere<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    const problem = denied(error)
    throw problem === undefined ? error : new UserError(problem)
  }
}

/**
 * Looks, before anything is done, whether a directory that is kept from run to run can be used with all that is in it. What
 * an earlier run by another user left there would otherwise be missed in the middle, or not at all.
 * @param appended the files in it that are added to, where it is to be written; others are replaced as a whole
 * Throws UserError naming the first thing that cannot be used, and whose it is.
 */
export function requireAccess(directory: string, appended?: readonly string[]): void {
  const there = nearest(directory)
  const use = appended === undefined ? 0 : W_OK
  const [first, ...others] = there === directory ? walk(there, true) : refusals(there, use | X_OK)
  if (first === undefined) return
  const { path, how, code } = first
  if (code === 'EROFS') throw new UserError(readOnly(path))
  const { message, hint } = notYours(path, how, others.length === 0 ? path : directory)
  const count = others.length === 0 ? '' : `; nor can ${others.length} more beneath ${directory}`
  throw new UserError(`${message}${count}`, hint)

  function walk(at: string, isDirectory: boolean): Refused[] {
    const isAppended = appended?.some((name) => join(directory, name) === at) === true
    const own = refusals(at, isDirectory ? use | R_OK | X_OK : isAppended ? W_OK | R_OK : R_OK)
    if (own.length > 0 || !isDirectory) return own
    const entries = ifThere(() => readdirSync(at, { withFileTypes: true })) ?? []
    const real = entries.filter((entry) => entry.isFile() || entry.isDirectory())
    return real.flatMap((entry) => walk(join(at, entry.name), entry.isDirectory()))
  }
}

interface Refused {
  readonly path: string
  readonly how: 'read' | 'written'
  readonly code: string
}

function refusals(path: string, mode: number): Refused[] {
  const code = access(path, mode)
  // What is not there any more was another run's.
  if (code === undefined || code === 'ENOENT') return []
  return [{ path, code, how: (mode & W_OK) === 0 ? 'read' : 'written' }]
}

/** The code of the system where it is not allowed. */
function access(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

/** `tree`: of what the owner is to be changed. */
function notYours(path: string, how: Refused['how'], tree = path): Problem {
  const { uid } = statSync(path)
  const mine = process.getuid?.() === uid
  const owner = uid === 0 ? 'root' : `user ${uid}`
  return {
    message: `${path} cannot be ${how} by you${mine ? '' : `: it belongs to ${owner}`}`,
    hint: mine
      ? `\`ls -ld ${path}\` shows its rights`
      : `if an earlier run was made with sudo, \`sudo chown -R "$(id -u)" ${tree}\`; otherwise use a copy of the inventory in a directory of yours`,
  }
}

function readOnly(path: string): Problem {
  return {
    message: `${path} is on a file system that is mounted read-only`,
    hint: 'keep the inventory where it can be written beside it: what is known of the cluster is noted there',
  }
}

/** The path, or of its directories the deepest that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}
