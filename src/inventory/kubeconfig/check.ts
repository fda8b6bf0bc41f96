import type { Catalogue } from '../../catalogue/catalogue.ts'
import type { Problem } from '../../errors.ts'
import type { Path, YamlDocument } from '../../yaml/document.ts'
import type { Inventory } from '../inventory.ts'

/** What an inventory is read for: to make nodes of its hosts, or only to reach them. */
export type Purpose = 'nodes' | 'reach'

/** What the checks that follow the schema look at. */
export interface CheckContext {
  readonly inventory: Inventory
  readonly document: YamlDocument
  readonly catalogue: Catalogue
  /** Only hosts that are to become nodes need addresses that others reach. */
  readonly purpose: Purpose
  /** False while parts of the file are wrong and left out: then nothing may be said to be missing. */
  readonly complete: boolean
  readonly isFile: (path: string) => boolean
  /** Undefined where there is no such file. */
  readonly readText: (path: string) => string | undefined
  /** What is in a folder, by its path in it; undefined where there is no such folder. Throws UserError where it is too much. */
  readonly readFolder: (path: string) => ReadonlyMap<string, Uint8Array> | undefined
}

/** A problem at a path of the inventory. */
export function problemAt(
  context: CheckContext,
  path: Path,
  message: string,
  hint: string,
  part: 'key' | 'value' = 'value',
): Problem {
  return { message, source: context.document.locate(path, part), hint }
}
