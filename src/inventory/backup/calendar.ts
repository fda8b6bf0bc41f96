import type { Mistake } from '../hosts/explain-address.ts'
import { isZone } from '../zones.ts'

const words = /^(minutely|hourly|daily|monthly|weekly|yearly|annually|quarterly|semiannually|semi-annually)$/

const days = 'mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const weekdays = new RegExp(`^(${days})((,|\\.\\.|-)(${days}))*,?$`, 'i')

/**
 * What is wrong with a calendar expression; undefined where systemd takes it: WEEKDAYS DATE TIME ZONE, each of which but one may
 * be left out, or a word such as daily. Source: systemd.time(7).
 */
export function calendarMistake(text: string): Mistake | undefined {
  const example = 'write for example daily, Mon..Fri 03:00, or *-*-* 03:00:00 UTC'
  const cron = cronHint(text)
  if (cron !== undefined) return ['is a cron expression', cron]
  const parts = text.trim().split(/\s+/)
  const last = parts.at(-1) ?? ''
  if (parts.length > 1 && isZone(last)) parts.pop()
  if (parts.length === 1 && words.test(parts[0] ?? '')) return undefined
  const weekday = weekdays.test(parts[0] ?? '') ? parts.shift() : undefined
  const date = isDate(parts[0] ?? '') ? parts.shift() : undefined
  const time = isTime(parts[0] ?? '') ? parts.shift() : undefined
  const taken = parts.length === 0 && (weekday ?? date ?? time) !== undefined
  return taken ? undefined : ['is not a calendar expression of systemd', example]
}

/** `0 3 * * *`, `@daily`, and what systemd has in their place. */
function cronHint(text: string): string | undefined {
  const word = /^@(hourly|daily|weekly|monthly|yearly|annually|midnight)$/.exec(text)?.[1]
  if (word !== undefined) return `write ${word === 'midnight' ? 'daily' : word}`
  const [minute = '', hour = '', day, month, weekday, more] = text.trim().split(/\s+/)
  if (
    weekday === undefined ||
    more !== undefined ||
    ![minute, hour, day, month].every((one) => /^[\d*/,-]+$/.test(one ?? ''))
  )
    return undefined
  const plain = /^\d+$/.test(minute) && /^\d+$/.test(hour) && day === '*' && month === '*' && weekday === '*'
  return `write it as systemd does, ${plain ? `*-*-* ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` : 'for example Mon..Fri *-*-* 03:00'}`
}

function isDate(text: string): boolean {
  const [, year, month = '', day = '', fromEnd] = /^(?:([^-~]+)-)?([^-~]+)(?:-([^-~]+)|~([^-~]+))$/.exec(text) ?? []
  if (month === '') return false
  return (year === undefined || isField(year, 1970, 2199)) && isField(month, 1, 12) && isField(fromEnd ?? day, 1, 31)
}

function isTime(text: string): boolean {
  const [hour = '', minute, second = '0', more] = text.split(':')
  return (
    minute !== undefined &&
    more === undefined &&
    isField(hour, 0, 23) &&
    isField(minute, 0, 59) &&
    isField(second, 0, 59)
  )
}

/** `*`, or numbers, ranges and repetitions with commas between: 1,3..5,0/15. */
function isField(text: string, least: number, most: number): boolean {
  return text.split(',').every((part) => {
    const [, from, to, , step] = /^(\*|\d+(?:\.\d+)?)(?:\.\.(\d+))?(\/(\d+(?:\.\d+)?))?$/.exec(part) ?? []
    if (from === undefined) return false
    const inside = [from, to].every(
      (one) => one === undefined || one === '*' || (Number(one) >= least && Number(one) < most + 1),
    )
    return inside && (to === undefined || Number(from) <= Number(to)) && (step === undefined || Number(step) > 0)
  })
}
