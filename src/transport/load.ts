import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { denied } from '../disk/denied.ts'
import { UserError } from '../errors.ts'
import { readFile, shipped } from '../shipped.ts'
import { messageOf } from './refusal.ts'

/** The order matters at the end only: serve.sh starts what the others define. */
const parts = ['begin', 'node', 'hello', 'hold', 'lock', 'programs', 'files', 'end', 'serve']

let script: Buffer | undefined

/** The session's script, as it is sent to every host: the files of session/, without their comments. */
export function sessionScript(): Buffer {
  script ??= Buffer.from(
    parts
      .map((part) => readFile(shipped(`src/transport/session/${part}.sh`)).toString())
      .join('\n')
      .replace(/^ *#.*\n/gm, ''),
  )
  return script
}

/** A file of the operator's, or undefined where there is none. Throws UserError where it cannot be read. */
export function readOptional(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const problem = denied(error)
    if (problem !== undefined) throw new UserError(problem)
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, 'make it readable for you, and a regular file')
  }
}

/** `~/x` as a path; anything else as it is. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
}

/** Where keys are looked for that nothing names. */
export const usualIdentities = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'].map(
  (name) => `~/.ssh/${name}`,
)

/** Names in a directory; none where it cannot be read. For suggestions only. */
export function listDirectory(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
