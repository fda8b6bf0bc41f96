import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../program.ts'

/** As Node and npm call them. */
export type Processor = 'x64' | 'arm64'

/** The Node that executables are made of: the one that the checkout itself runs with. */
export const nodeVersion: string = (
  JSON.parse(readFileSync(join(repository, 'node_modules/node/package.json'), 'utf8')) as { version: string }
).version

/** Path of that Node for a processor; fetched as a package where it is another one than this machine's. */
export function nodeFor(processor: Processor, directory: string): string {
  if (processor === process.arch) return join(repository, 'node_modules/node/bin/node')
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
