import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { replaceFile } from '../disk/durable.ts'
import { readFile, shipped } from '../shipped.ts'

/**
 * Puts the JSON Schemas of this version where the first line of a new inventory names them: `.provision/inventory.schema.json`
 * beside it, and `playbook.schema.json`. An address on the internet would not be reached from every site, and a path in the
 * installed program is another on each machine.
 */
export function writeSchemas(inventoryFile: string): void {
  for (const kind of ['inventory', 'playbook']) {
    const file = join(dirname(inventoryFile), '.provision', `${kind}.schema.json`)
    const schema = readFile(shipped(`docs/schema/${kind}.json`))
    if (!existsSync(file) || !readFile(file).equals(schema)) replaceFile(file, schema)
  }
}
