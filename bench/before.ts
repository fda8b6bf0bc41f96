import { join } from 'node:path'
import { freshHosts } from './hosts.ts'
import { cpu, run } from './measure.ts'

/** What one checkout took, in seconds. */
export interface Spent {
  /** Of CPU, by command. */
  readonly start: ReadonlyMap<string, readonly number[]>
  /** From start to end, of a whole cluster of three hosts on which nothing is to do. */
  readonly idle: readonly number[]
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
  const programs = [before, now].map((root) => join(root, 'bin/provision'))
  // The first start installs what it needs, or makes the bundle.
  for (const program of programs) cpu([program, '--version'])
  const [first, second] = programs.map(() => new Map<string, number[]>(commands.map((each) => [each, []])))
  for (let round = 0; round < repeats; round++) {
    for (const command of commands) {
      first?.get(command)?.push(cpu([programs[0] as string, ...command.split(' ')]))
      second?.get(command)?.push(cpu([programs[1] as string, ...command.split(' ')]))
    }
  }
  const idle: number[][] = []
  for (const program of programs) {
    const hosts = await freshHosts()
    const words = [program, '--inventory', hosts.inventory, '--output', 'plain']
    const log = join(hosts.directory, 'idle.log')
    await run(words, { log })
    await run(words, { log })
    const seconds: number[] = []
    for (let round = 0; round < repeats; round++) seconds.push(await run(words, { log }))
    idle.push(seconds)
  }
  return {
    before: { start: first as Map<string, number[]>, idle: idle[0] as number[] },
    now: { start: second as Map<string, number[]>, idle: idle[1] as number[] },
  }
}
