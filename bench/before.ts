import { join } from 'node:path'
import { freshHosts } from './hosts.ts'
import { cpu, run } from './measure.ts'

/** What one checkout took, in seconds. */
export interface Spent {
  /** Of CPU, by command. */
  readonly start: ReadonlyMap<string, number[]>
  /** From start to end, of a whole cluster of three hosts on which nothing is to do. */
  readonly idle: number[]
}

const commands = ['--version', '--help', 'completion bash']
const repeats = 8

/**
 * Starts the program of two checkouts in turn, and lets each make a cluster of its own and find nothing to do in it:
 * one cluster for both would be changed by each.
 */
export async function compareWith(
  before: string,
  now: string,
): Promise<{ readonly before: Spent; readonly now: Spent }> {
  const checkouts = { before: checkoutAt(before), now: checkoutAt(now) }
  // The first start installs what it needs, or makes the bundle.
  for (const { program } of Object.values(checkouts)) cpu([program, '--version'])
  for (let round = 0; round < repeats; round++) {
    for (const command of commands) {
      for (const { program, start } of Object.values(checkouts)) {
        start.get(command)?.push(cpu([program, ...command.split(' ')]))
      }
    }
  }
  for (const { program, idle } of Object.values(checkouts)) {
    const hosts = await freshHosts()
    const words = [program, '--inventory', hosts.inventory, '--output', 'plain']
    const log = join(hosts.directory, 'idle.log')
    await run(words, { log })
    await run(words, { log })
    for (let round = 0; round < repeats; round++) idle.push(await run(words, { log }))
  }
  return checkouts
}

function checkoutAt(root: string): Spent & { readonly program: string } {
  return { program: join(root, 'bin/provision'), start: new Map(commands.map((each) => [each, []])), idle: [] }
}
