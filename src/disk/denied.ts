import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Problem } from '../errors.ts'

/** What a file system of this machine would not let us do: no fault of ours, and nothing that another try mends. */
export function denied(error: unknown): Problem | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, path } = each as NodeJS.ErrnoException
    if (path === undefined) continue
    if (code === 'EACCES' || code === 'EPERM') return notYours(nearest(path))
    if (code === 'EROFS')
      return {
        message: `${nearest(path)} is on a file system that is mounted read-only`,
        hint: 'keep the inventory where it can be written beside it: what is known of the cluster is noted there',
      }
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return { message: `${nearest(path)} has not enough room`, hint: `make room: \`df -h ${nearest(path)}\`` }
  }
  return undefined
}

function notYours(path: string): Problem {
  const { uid } = statSync(path)
  const mine = process.getuid?.() === uid
  const owner = uid === 0 ? 'root' : `user ${uid}`
  return {
    message: `${path} cannot be written by you${mine ? '' : `: it belongs to ${owner}`}`,
    hint: mine
      ? `\`ls -ld ${path}\` shows its rights`
      : `if an earlier run was made with sudo, \`sudo chown -R "$(id -u)" ${path}\`; otherwise use a copy of the inventory in a directory of yours`,
  }
}

/** The path, or of its directories the deepest that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}
