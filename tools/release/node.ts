import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repository } from '../program.ts'

/** As Node and npm call them. */
export type Processor = 'x64' | 'arm64'

/** The Node that executables are made of: the one that the checkout itself runs with. */
export const nodeVersion: string = (
  JSON.parse(readFileSync(join(repository, 'node_modules/node/package.json'), 'utf8')) as { version: string }
).version

/** Path of that Node for a processor; its package is fetched into a directory, once. */
export function nodeFor(processor: Processor, directory: string): string {
  const place = join(directory, `node-${nodeVersion}-${processor}`)
  const node = join(place, 'package/bin/node')
  if (!existsSync(node)) {
    mkdirSync(place, { recursive: true })
    const words = ['pack', `node-linux-${processor}@${nodeVersion}`, '--silent', '--pack-destination', place]
    const archive = execFileSync('npm', words, { encoding: 'utf8', cwd: place }).trim()
    execFileSync('tar', ['-xzf', join(place, archive), '-C', place])
  }
  return node
}

/** The text that a copy of Node has to come with. */
export function nodeLicense(processor: Processor, directory: string): string {
  return readFileSync(join(dirname(nodeFor(processor, directory)), '../LICENSE'), 'utf8')
}
