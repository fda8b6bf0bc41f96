import { test } from 'vitest'
import { cutEverywhere, patience } from './power-cut.ts'
import { powerCuts } from './power-cut-cases.ts'

// Disks that write only what they are told to; the others are in test/endurance.
test.concurrent.for(powerCuts)('$name', { timeout: patience }, async ({ given }, { expect }) => {
  const { wrong, cuts } = await cutEverywhere(given, false)
  expect(wrong).toEqual([])
  expect(cuts).toBeGreaterThan(10)
})
