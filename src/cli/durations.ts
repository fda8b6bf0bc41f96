import { InvalidArgumentError } from 'commander'

const factors = { s: 1, m: 60, h: 3600 } as const

/** `30`, `30s`, `5m`, `1h` as seconds. */
export function parseSeconds(text: string): number {
  const match = /^(\d+)([smh]?)$/.exec(text)
  const seconds = match ? Number(match[1]) * factors[(match[2] || 's') as keyof typeof factors] : 0
  if (seconds <= 0) throw new InvalidArgumentError('write a duration such as 30s, 5m or 1h.')
  return seconds
}

/** A whole number from 1 on. */
export function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0
  if (count < 1) throw new InvalidArgumentError('write a whole number from 1 on.')
  return count
}
