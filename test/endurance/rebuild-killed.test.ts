import { afterAll, beforeAll, test } from 'vitest'
import { fill, withPassphrase } from '../lab/contents.ts'
import { expectCode, freshLab, provision, removeLab, type TestLab } from '../lab/harness.ts'
import { killedAt, points } from '../lab/rebuild-points.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await withPassphrase(await freshLab({ hosts: 1 }))
  expectCode(await provision(lab), 0)
  await fill(lab, 'cp1')
})

afterAll(removeLab)

test.for(points)('killed at: %s: %s, and %s s', async (point, { task }) => {
  await killedAt(lab, point, `round-${task.id.split('_').at(-1)}`)
})
