import { readFileSync } from 'node:fs'
import { shipped } from './shipped.ts'

/** The version of this program. */
export const version: string = (JSON.parse(readFileSync(shipped('package.json'), 'utf8')) as { version: string })
  .version
