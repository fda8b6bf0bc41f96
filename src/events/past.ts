/** Milliseconds that a host's clock may be ahead of ours without anything being wrong. */
const AHEAD = 3_600_000

/**
 * Whether a time that a host, or a file made there, names has come. One that has not was made under a clock that was ahead, or
 * made up; what is no time has not come either. Milliseconds since 1970.
 */
export function isPast(at: number, now: number): boolean {
  return at <= now + AHEAD
}
