import { Agent, get } from 'node:https'
import { UserError } from '../../src/errors.ts'
import { goProblem } from './go.ts'
import { authorities } from './outward.ts'
import type { Progress } from './program.ts'

/** The official sources of what the upstream serves, each with an address that shows whether it can be reached. */
const addresses = {
  'pkgs.k8s.io': 'https://pkgs.k8s.io/',
  'registry.k8s.io': 'https://registry.k8s.io/v2/',
  'docker.io': 'https://registry-1.docker.io/v2/',
  'get.helm.sh': 'https://get.helm.sh/',
}

export type Source = keyof typeof addresses

/** Milliseconds until a source counts as out of reach. */
const deadline = 5_000

/** Which official sources can be used during one `lab up`. A source that fails once is not used again. */
export class Sources {
  private readonly failures: Map<Source, string>
  private readonly note: Progress['note']

  private constructor(failures: Map<Source, string>, note: Progress['note']) {
    this.failures = failures
    this.note = note
  }

  /** Contacts sources, all at once, and reports those that are out of reach. */
  static async contact(sources: readonly Source[], { step, note }: Progress): Promise<Sources> {
    const failures = new Map<Source, string>()
    if (sources.length > 0) {
      await step(`contact ${sources.join(', ')}`, async () => {
        for (const [source, failure] of await Promise.all(sources.map(contact))) {
          if (failure !== undefined) failures.set(source, failure)
        }
      })
    }
    for (const [source, failure] of failures) note(`  ${source}: ${failure}. The lab builds what it lacks from there.`)
    return new Sources(failures, note)
  }

  /** Whether a source can be used. */
  reaches(source: Source): boolean {
    return !this.failures.has(source)
  }

  /**
   * Fetches something from a source that can be used, and otherwise builds it from Go modules. Throws a UserError that names
   * the source's failure where Go is missing.
   */
  async fetchOrBuild(source: Source, fetch: () => Promise<void>, build: () => Promise<void>): Promise<void> {
    if (this.reaches(source)) {
      try {
        return await fetch()
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error)
        this.failures.set(source, failure)
        this.note(`  ${source}: ${failure}\n  The lab builds what it lacks from there.`)
      }
    }
    const problem = await goProblem()
    if (problem) throw new UserError([{ message: `${source}: ${this.failures.get(source)}` }, problem])
    await build()
  }
}

/** Any answer will do: what is wrong with it shows when something is fetched. */
async function contact(source: Source): Promise<[Source, string | undefined]> {
  // The variables that say which proxy to use are the same for all programs of the lab.
  const options = {
    agent: new Agent({ proxyEnv: process.env }),
    ca: await authorities(),
    signal: AbortSignal.timeout(deadline),
  }
  return new Promise((resolve) => {
    get(addresses[source], options, (answer) => {
      answer.destroy()
      resolve([source, undefined])
    }).on('error', (error) => {
      const late = error.name === 'TimeoutError' || error.name === 'AbortError'
      resolve([source, late ? `no answer within ${deadline / 1000} s` : error.message])
    })
  })
}
