import { afterAll, beforeEach, expect, test } from 'vitest'
import { freshLab, removeLab, type TestLab } from '../lab/harness.ts'
import { convergesFromHere, interrupted, moments } from '../lab/interrupted.ts'

let lab: TestLab

beforeEach(async () => {
  lab = await freshLab({ hosts: 2 })
})

afterAll(removeLab)

// Two of them are in every run; each takes a cluster of its own, which is two minutes.
test.for(moments)('a controller killed at the start of: %s: %s', async ([host, title]) => {
  const killed = await interrupted(lab, host, title, (running) => void running.kill('SIGKILL'))
  expect(killed.code).toBeUndefined()
  await convergesFromHere(lab)
})
