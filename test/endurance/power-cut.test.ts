import { expect, test } from 'vitest'
import { cutEverywhere, patience } from '../shell/power-cut.ts'
import { powerCuts } from '../shell/power-cut-cases.ts'

// As in test/shell, and with disks that have written down more than they were told to: five times as long.
test.each(powerCuts)('$name', { timeout: patience }, async ({ given }) => {
  const { wrong, cuts } = await cutEverywhere(given, true)
  expect(wrong).toEqual([])
  expect(cuts).toBeGreaterThan(30)
})
