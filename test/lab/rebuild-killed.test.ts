import { afterAll, beforeAll, test } from 'vitest'
import { fill, withPassphrase } from './contents.ts'
import { expectCode, freshLab, provision, removeLab, type TestLab } from './harness.ts'
import { killedAt, points } from './rebuild-points.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await withPassphrase(await freshLab({ hosts: 1 }))
  expectCode(await provision(lab), 0)
  await fill(lab, 'cp1')
})

afterAll(removeLab)

// Two, in different stages; `test/run endurance` has them all.
const some = points.filter((_, index) => index % 10 === 3)

test.for(some)('killed at: %s: %s, and %s s', async (point, { task }) => {
  await killedAt(lab, point, `round-${task.id.split('_').at(-1)}`)
})
