import { describe, expect, it } from 'vitest'
import { readInventory } from '../../../src/inventory/load.ts'
import { selectHosts } from '../../../src/inventory/select.ts'

const inventory = readInventory(
  `
cluster: lab
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  w1: { address: 10.0.0.21, role: worker, labels: { disk: ssd, site: a } }
  w2: { address: 10.0.0.22, role: worker, labels: { disk: hdd } }
  w10: { address: 10.0.0.30, role: worker, state: down }
`,
  'hosts.yaml',
)

const selected: readonly [string | undefined, readonly string[]][] = [
  [undefined, ['cp1', 'w1', 'w2', 'w10']],
  ['w2', ['w2']],
  ['w10,cp1', ['cp1', 'w10']],
  ['w?', ['w1', 'w2']],
  ['w*', ['w1', 'w2', 'w10']],
  ['[cw]*1', ['cp1', 'w1']],
  ['role=worker', ['w1', 'w2', 'w10']],
  ['label=disk', ['w1', 'w2']],
  ['label=disk=ssd', ['w1']],
  ['cp1, label=site', ['cp1', 'w1']],
]

describe('--limit selects', () => {
  it.each(selected)('%s', (limit, names) => {
    expect(selectHosts(inventory, limit).map((host) => host.name)).toEqual(names)
  })
})

const refused: readonly [string, string][] = [
  ['w11', 'did you mean w1?'],
  ['x*', 'known here: cp1, w1, w2, w10'],
  ['role=wroker', 'did you mean worker?'],
  ['label=dsk=ssd', 'did you mean disk?'],
  ['label=disk=nvme', 'did you mean disk?'],
  [' , ', 'name hosts'],
]

describe('--limit refuses what selects nothing', () => {
  it.each(refused)('%s', (limit, hint) => {
    expect(() => selectHosts(inventory, limit)).toThrow(hint)
  })
})
