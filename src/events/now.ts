import { performance } from 'node:perf_hooks'

/**
 * The time of an event, in ms since 1970: as the clock had it when this process began, and going on at its own pace since.
 * So the time between two events is what has passed, even where the clock is set during a run.
 */
export function now(): number {
  return Math.round(performance.timeOrigin + performance.now())
}
