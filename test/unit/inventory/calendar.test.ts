import { expect, it } from 'vitest'
import { calendarMistake } from '../../../src/inventory/backup/calendar.ts'

/** As `systemd-analyze calendar` of systemd 252 judges them. */
const expressions: readonly [text: string, taken: boolean][] = [
  ['daily', true],
  ['hourly', true],
  ['weekly', true],
  ['quarterly', true],
  ['*-*-* 03:00', true],
  ['*-*-* 03:00:00', true],
  ['*-*-* 03:00 UTC', true],
  ['*-*-* 03:00 Asia/Shanghai', true],
  ['03:00', true],
  ['Mon', true],
  ['Mon 03:00', true],
  ['Mon..Fri 03:00', true],
  ['Mon,Wed *-*-* 03:00', true],
  ['Sat,Sun 20:00', true],
  ['*-*-1 04:00', true],
  ['*-*~1 04:00', true],
  ['*-1,7-1', true],
  ['2027-01-01', true],
  ['*:0/15', true],
  ['*-*-* 0/6:00:00', true],
  ['*-*-* 1..5:30', true],
  ['daily UTC', true],
  ['', false],
  ['every day', false],
  ['nightly', false],
  ['0 3 * * *', false],
  ['*/5 * * * *', false],
  ['@daily', false],
  ['*-*-* 25:00', false],
  ['*-*-* 03:60', false],
  ['*-13-* 03:00', false],
  ['*-*-32 03:00', false],
  ['*-*-* 3am', false],
  ['Mo 03:00', false],
  ['Mon-Fri 03:00', true],
  ['*-*-* 03:00 Asia/Beijing', false],
  ['*-*-* 5..1:30', false],
  ['1d', false],
]

it.each(expressions)('%j', (text, taken) => {
  expect(calendarMistake(text) === undefined).toBe(taken)
})
