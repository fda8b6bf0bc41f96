import { describe, expect, it, test } from 'vitest'
import { comparisonText, isWhole, lossOf, readComparison } from '../../../src/views/comparison.ts'
import { plainStyle } from '../../../src/views/style.ts'

describe('how many objects of a kind are lost', () => {
  it.each([
    ['configmaps', 5, 5, 0, 0],
    ['configmaps', 5, 7, 0, 0],
    // Two new ones do not make up for one that is gone.
    ['secrets', 5, 6, 1, 1],
    ['example.com/widgets', 3, 0, 3, 3],
    ['minions', 3, 2, 1, 1],
    // Made anew under another name.
    ['pods', 12, 12, 4, 0],
    ['pods', 12, 11, 4, 1],
    ['replicasets', 2, 3, 0, 0],
    // Come and go.
    ['events', 900, 3, 900, 0],
    ['leases', 5, 2, 3, 0],
    ['services/endpoints', 5, 2, 3, 0],
    ['services/specs', 5, 4, 1, 1],
  ])('%s: %i before, %i now, %i keys gone: %i', (kind, before, now, lost, loss) => {
    expect(lossOf({ kind, before, now, lost })).toBe(loss)
  })
})

const lines = (...all: readonly (readonly (string | number)[])[]) => all.map((one) => one.join('\t')).join('\n')

test('a cluster that lost nothing', () => {
  const text = lines(['kind', 'secrets', 2, 3, 0], ['kind', 'configmaps', 11, 12, 0], ['kind', 'events', 60, 1, 60])
  const comparison = readComparison(`${text}\n`)
  expect(isWhole(comparison)).toBe(true)
  expect(comparisonText(comparison, plainStyle)).toMatchInlineSnapshot(`
    "Objects     before  now
    configmaps      11   12
    events          60    1  come and go
    secrets          2    3

    Nothing lost: 13 objects of 2 kinds."
  `)
})

test('what is lost is named, and nodes that the inventory does not know', () => {
  const comparison = readComparison(
    lines(
      ['lost', 'secrets', '/registry/secrets/default/mine'],
      ['lost', 'events', '/registry/events/default/old'],
      ['kind', 'secrets', 2, 2, 1],
      ['kind', 'events', 2, 0, 2],
      ['node', 'w9'],
    ),
  )
  expect(isWhole(comparison)).toBe(false)
  expect(comparisonText(comparison, plainStyle)).toMatchInlineSnapshot(`
    "Objects  before  now
    events        2    0  come and go
    secrets       2    2  1 lost

      missing: /registry/secrets/default/mine
      node w9 is not in the inventory: kept with the objects bound to it; remove it with \`kubectl delete node w9\`
    Lost: 1 secrets."
  `)
})

test.each([
  ['etcd that does not answer', 'failed\tetcd does not answer: context deadline exceeded'],
  ['nothing at all', ''],
  ['something else', 'Segmentation fault'],
])('%s is no proof that nothing is lost', (_, text) => {
  expect(isWhole(readComparison(text))).toBe(false)
})

test('what a host says cannot redraw the screen', () => {
  const comparison = readComparison(lines(['kind', 'a\u001b[2Jb', 1, 'NaN', -1], ['node', 'n\u001b[31m']))
  expect(comparisonText(comparison, plainStyle)).not.toContain('\u001b')
})
