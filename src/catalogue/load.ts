import { parse } from 'yaml'
import { readFile, shipped } from '../shipped.ts'
import { type Catalogue, catalogueSchema } from './catalogue.ts'
import { portsSchema } from './ports.ts'
import { systemsSchema } from './systems.ts'

/** The catalogue of this release. Files of ours: when one is broken, that is a bug, not the user's input. */
export const catalogue: Catalogue = {
  ...catalogueSchema.parse(read('catalogue.yaml')),
  ports: portsSchema.parse(read('ports.yaml')),
  systems: systemsSchema.parse(read('systems.yaml')),
}

function read(name: string): unknown {
  return parse(readFile(shipped(`src/catalogue/${name}`)).toString(), { merge: true })
}
