import type { RunSummary } from '../events/run-event.ts'
import type { Stretch, Timeline } from './timeline.ts'

type Step = RunSummary['criticalPath'][number]

/** A wait that the walk left through the host that made the value. */
interface Visit {
  readonly consumer: string
  readonly wait: Stretch
}

/**
 * What the wall time was made of: walks back from the last thing that ended. Where a host waited for a value the walk
 * goes on with the host that made it, so the steps tell what would have to be quicker for the run to be quicker.
 */
export function criticalPath(timeline: Timeline): Step[] {
  const steps: Step[] = []
  const visits: Visit[] = []
  let [host, time] = lastToEnd(timeline)
  // Each turn goes back in time or over one wait; the bound only guards against hosts that claim to wait for each other.
  for (let turns = 4 * countStretches(timeline); turns > 0 && host !== undefined; turns -= 1) {
    const stretch = before(timeline, host, time)
    if (stretch === undefined) break
    if (stretch.idle) {
      time = stretch.from
      continue
    }
    const visit = visits.at(-1)
    if (stretch.to < time && visit && visit.wait.from >= stretch.to && visit.wait.from < time) {
      // The host was idle until the consumer asked: the way leads through the consumer.
      visits.pop()
      host = visit.consumer
      time = visit.wait.from
      continue
    }
    const end = Math.min(time, stretch.to)
    const maker = stretch.waitingOn && lastWork(timeline, stretch.waitingOn, host, end)
    // Nobody it waits for has done anything: there is nothing further back.
    if (maker === undefined && stretch.waitingOn?.length) break
    if (maker === undefined) {
      const { phase, waitingFor } = stretch
      steps.push({ host, phase: phase || 'start', seconds: (end - stretch.from) / 1000, waitedFor: waitingFor })
      time = stretch.from
    } else {
      const next = steps.at(-1)
      if (next?.host === host) steps[steps.length - 1] = { ...next, waitedFor: stretch.waitingFor }
      visits.push({ consumer: host, wait: stretch })
      ;[host, time] = maker
    }
  }
  return merged(steps.reverse())
}

function lastToEnd(timeline: Timeline): [string | undefined, number] {
  let host: string | undefined
  let time = Number.NEGATIVE_INFINITY
  for (const [name, stretches] of timeline.stretches) {
    const end = stretches.at(-1)?.to
    if (end !== undefined && end > time) [host, time] = [name, end]
  }
  return [host, time]
}

/** What the host did last before the moment. */
function before(timeline: Timeline, host: string, time: number): Stretch | undefined {
  return timeline.stretches.get(host)?.findLast((stretch) => stretch.from < time)
}

/** Of the hosts that make a value, the one that ended its work last before the value came, and when: it came from there. */
function lastWork(
  timeline: Timeline,
  hosts: readonly string[],
  except: string,
  time: number,
): [string, number] | undefined {
  let found: [string, number] | undefined
  for (const host of hosts) {
    if (host === except) continue
    const work = timeline.stretches
      .get(host)
      ?.findLast((stretch) => stretch.from < time && stretch.waitingOn === undefined)
    const end = work && Math.min(work.to, time)
    if (end !== undefined && (found === undefined || end > found[1])) found = [host, end]
  }
  return found
}

function merged(steps: readonly Step[]): Step[] {
  const path: Step[] = []
  for (const step of steps) {
    const last = path.at(-1)
    if (last && last.host === step.host && last.phase === step.phase) {
      path[path.length - 1] = { ...last, seconds: last.seconds + step.seconds }
    } else path.push(step)
  }
  return path.map((step) => ({ ...step, seconds: Math.round(step.seconds * 1000) / 1000 }))
}

function countStretches(timeline: Timeline): number {
  let count = 1
  for (const stretches of timeline.stretches.values()) count += stretches.length
  return count
}
