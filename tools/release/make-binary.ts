import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../program.ts'
import { makeBinary } from './binary.ts'
import type { Processor } from './node.ts'

// Makes build/provision-linux-PROCESSOR: of this machine's, or of those that are named.

const work = join(repository, 'build')
mkdirSync(work, { recursive: true })
const named = process.argv.slice(2) as Processor[]
for (const processor of named.length > 0 ? named : [process.arch as Processor]) {
  process.stdout.write(`${await makeBinary(processor, work)}\n`)
}
