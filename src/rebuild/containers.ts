import { entryOf } from '../entry-of.ts'
import type { RebuildState } from '../state/rebuild.ts'
import type { Found } from './diagnose.ts'

/** What became of the containers of one host's pods. */
export interface Kept {
  readonly host: string
  readonly before: number
  /** Still the same: container and start. */
  readonly kept: number
  /** Pods of those that are not. */
  readonly ended: readonly string[]
  /** The host was restarted meanwhile, and everything with it. */
  readonly rebooted: boolean
}

/** What runs on each host that answered. */
export function runningOn(found: readonly Found[]): RebuildState['before'] {
  return Object.fromEntries(
    found.flatMap(({ name, look }) => (look ? [[name, { boot: look.boot, containers: [...look.containers] }]] : [])),
  )
}

/** Of hosts that answered before and after. `promised`: the names of those whose pods were to be left alone. */
export function compareContainers(
  before: RebuildState['before'],
  after: readonly Found[],
  promised: readonly string[],
): Kept[] {
  const now = runningOn(after)
  return promised.flatMap((host): Kept[] => {
    const [was, is] = [entryOf(before, host), entryOf(now, host)]
    if (was === undefined || is === undefined) return []
    const still = new Set(is.containers.map((each) => `${each.id} ${each.started}`))
    const ended = was.containers.filter((each) => !still.has(`${each.id} ${each.started}`))
    return [
      {
        host,
        before: was.containers.length,
        kept: was.containers.length - ended.length,
        ended: [...new Set(ended.map((each) => each.pod))],
        rebooted: was.boot !== is.boot,
      },
    ]
  })
}
