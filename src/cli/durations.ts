import { InvalidArgumentError } from 'commander'
import { seconds } from '../yaml/duration.ts'

/** `30`, `30s`, `5m`, `1h` as seconds. */
export function parseSeconds(text: string): number {
  const found = /^\d+[smh]?$/.test(text) ? seconds(text) : 0
  if (found <= 0) throw new InvalidArgumentError('write a duration such as 30s, 5m or 1h.')
  return found
}

/** A whole number from 1 on. */
export function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0
  if (count < 1) throw new InvalidArgumentError('write a whole number from 1 on.')
  return count
}
