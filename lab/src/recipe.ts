import { readFile } from 'node:fs/promises'
import { shipped } from '../../src/shipped.ts'

/** The text of a source of the lab by which a recipe is known; without its imports, which change when others are moved. */
export async function recipeText(name: string): Promise<string> {
  const text = await readFile(shipped(`lab/src/${name}`), 'utf8')
  return text.replace(/^import [\s\S]*? from '.*'\n/gm, '')
}
