import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type Catalogue, catalogueSchema } from './catalogue.ts'

/** The catalogue of this release. A file of ours: when it is broken, that is a bug, not the user's input. */
export const catalogue: Catalogue = catalogueSchema.parse(
  parse(readFileSync(new URL('./catalogue.yaml', import.meta.url), 'utf8')),
)
