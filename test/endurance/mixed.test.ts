import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { System } from '../../lab/src/model.ts'
import { expectCode, freshLab, kubectl, provision, removeLab, type TestLab } from '../lab/harness.ts'

/**
 * Each system as the control plane once, with the two others as its workers: the first of a row is the control plane.
 * Takes 12 minutes on two cores that are shared.
 */
const clusters: readonly (readonly System[])[] = [
  ['debian-13', 'rocky-9-standin', 'debian-12'],
  ['rocky-9-standin', 'debian-12', 'debian-13'],
  ['debian-12', 'debian-13', 'rocky-9-standin'],
]

describe.for(clusters)('%s as the control plane of %s and %s', (systems) => {
  let lab: TestLab

  beforeAll(async () => {
    lab = await freshLab({ hosts: 3, systems })
  })
  afterAll(removeLab)

  test('is a cluster whose pods reach each other', async () => {
    // The run ends with a proof of the cluster: pods on every node, names, Services.
    expectCode(await provision(lab), 0)
    const ready = await kubectl(lab, `get nodes -o jsonpath='{.items[*].status.conditions[?(@.type=="Ready")].status}'`)
    expect(ready).toBe('True True True')
  })

  test('is left alone by the next run', async () => {
    for (const host of expectCode(await provision(lab), 0).hosts) {
      expect(host, host.name).toMatchObject({ outcome: 'converged', changed: 0, connections: 1, execs: 1 })
    }
  })
})
