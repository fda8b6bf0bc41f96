import { readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve as resolvePath } from 'node:path'
import { catalogue } from '../catalogue/load.ts'
import { UserError } from '../errors.ts'
import { parseYaml, type YamlDocument } from '../yaml/document.ts'
import { validate } from '../yaml/explain.ts'
import { sortProblems } from '../yaml/problems.ts'
import { salvage } from '../yaml/salvage.ts'
import { check } from './check.ts'
import type { Inventory } from './inventory.ts'
import type { Purpose } from './kubeconfig/check.ts'
import { resolve } from './resolve.ts'
import { type InventoryFile, inventorySchema } from './schema.ts'

/**
 * Reads an inventory, named as the operator named it. Commands that make no nodes read it with the purpose `reach`, so that
 * they go on with hosts behind forwarded ports, and with clusters that an earlier release took. Throws UserError with all
 * that is wrong with it.
 */
export function loadInventory(file: string, purpose: Purpose = 'nodes'): Inventory {
  return readInventory(readText(file), file, purpose)
}

/** The same of a text that is at hand; `file` says where relative paths begin. */
export function readInventory(text: string, file: string, purpose: Purpose = 'nodes'): Inventory {
  const { document, problems } = parseYaml(text, file)
  if (document === undefined) throw new UserError(sortProblems(problems))
  const checked = validate(inventorySchema, document)
  const parsed = checked.value ?? salvage(inventorySchema, document, { cluster: 'unnamed' })
  const found =
    parsed === undefined ? undefined : resolveAndCheck(parsed, document, purpose, checked.value !== undefined)
  const wrong = [...problems, ...checked.problems, ...(found?.errors ?? [])]
  if (found === undefined || wrong.length > 0) throw new UserError(sortProblems(wrong))
  return { ...found.inventory, warnings: found.warnings }
}

function resolveAndCheck(parsed: InventoryFile, document: YamlDocument, purpose: Purpose, complete: boolean) {
  const around = { directory: dirname(resolvePath(document.file)), home: homedir() }
  const inventory = resolve(parsed, document, around, catalogue)
  return {
    inventory,
    ...check({ inventory, document, catalogue, purpose, complete, isFile, readText: textOf, readFolder }),
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function textOf(path: string): string | undefined {
  return isFile(path) ? readFileSync(path, 'utf8') : undefined
}

/** A release of Helm holds its chart, and must fit into a Secret of at most 1 MiB, compressed. */
const folderLimit = 8 * 1024 * 1024

/**
 * The files of a folder by their paths in it, in order; undefined where there is no such folder. Throws UserError where
 * they are more than a chart can be.
 */
export function readFolder(path: string): ReadonlyMap<string, Uint8Array> | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const files = new Map<string, Uint8Array>()
  let size = 0
  const read = (within: string): void => {
    for (const name of readdirSync(join(path, within)).sort()) {
      const one = within === '' ? name : `${within}/${name}`
      const found = statSync(join(path, one), { throwIfNoEntry: false })
      if (found?.isDirectory() && name !== '.git') read(one)
      if (!found?.isFile()) continue
      size += found.size
      if (size > folderLimit || files.size > 2000) throw new UserError(`${path} is too large for a chart`)
      files.set(one, readFileSync(join(path, one)))
    }
  }
  read('')
  return files
}

function readText(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) {
    throw new UserError(
      `inventory ${file} does not exist`,
      'create one with `provision init`, or set its path with --inventory FILE',
    )
  }
  if (!found.isFile())
    throw new UserError(`${file} is not a file`, 'set the path of the inventory, for example --inventory hosts.yaml')
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`, 'check its permissions')
  }
}
