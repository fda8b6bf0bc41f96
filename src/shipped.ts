import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import sea from 'node:sea'
import { fileURLToPath } from 'node:url'

/** Whether this is the executable that holds everything: `npm run build:binary`. */
export const isExecutable: boolean = sea.isSea()

/**
 * The checkout or package that this code belongs to: sources lie in its `src`, the program that runs in its `dist`. What an
 * executable holds has paths below its own, where no file can be.
 */
const root = isExecutable ? join(process.execPath, sep) : fileURLToPath(new URL('..', import.meta.url))

/** The path of what is shipped beside the code, by its path from the top: `playbooks/nodes/add.yaml`, `templates/`. */
export function shipped(path: string): string {
  return join(root, path)
}

/** Bytes of any file, shipped or not. Throws as node:fs does where it cannot be read. */
export function readFile(path: string): Buffer {
  return isHeld(path) ? Buffer.from(sea.getAsset(nameOf(path))) : readFileSync(path)
}

/** Whether there is a file of that path, shipped or not. */
export function isFile(path: string): boolean {
  return isHeld(path) || (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
}

/** Names of the files in a shipped folder, in no order. */
export function filesIn(folder: string): string[] {
  if (!isExecutable) return readdirSync(folder)
  const start = join(nameOf(folder), sep)
  return [...held].flatMap((name) => (name.startsWith(start) ? [name.slice(start.length)] : []))
}

/** Held files, by their path from the top. */
const held: ReadonlySet<string> = new Set(isExecutable ? sea.getAssetKeys() : [])

function isHeld(path: string): boolean {
  return held.has(nameOf(path))
}

function nameOf(path: string): string {
  return relative(root, path)
}
