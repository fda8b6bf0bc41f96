import { createHash } from 'node:crypto'
import { encodeBase64, hashSync } from 'bcryptjs'

const COST = 10
/** It takes its time, on purpose, and every host's program asks for the same. */
const known = new Map<string, string>()

/**
 * A line of an htpasswd file, with bcrypt. The same for the same login, so that a run can tell whether anything differs: the
 * salt comes from who logs in where, not by chance.
 */
export function htpasswd(site: string, username: string, password: string): string {
  const key = JSON.stringify([site, username, password])
  const line = known.get(key) ?? `${username}:${hashSync(password, saltOf(`${site}\n${username}`))}`
  known.set(key, line)
  return line
}

function saltOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  return `$2b$${COST}$${encodeBase64(bytes, 16)}`
}
