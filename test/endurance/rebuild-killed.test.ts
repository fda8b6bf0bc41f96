import { afterAll, beforeAll, test } from 'vitest'
import { fill, withPassphrase } from '../lab/contents.ts'
import { expectCode, freshLab, provision, removeLab, type TestLab } from '../lab/harness.ts'
import { killedAt, points } from './rebuild-points.ts'

let lab: TestLab

beforeAll(async () => {
  lab = await withPassphrase(await freshLab({ hosts: 1 }))
  expectCode(await provision(lab), 0)
  await fill(lab, 'cp1')
})

afterAll(removeLab)

// All here and none in every run: a rebuild takes two minutes, and test/shell/power-cut.test.ts cuts each of its steps.
test.for(points)('killed at: %s: %s, and %s s', async (point, { task }) => {
  await killedAt(lab, point, `round-${task.id.split('_').at(-1)}`)
})
