import { describe, expect, it } from 'vitest'
import { forHost } from '../../../src/inventory/hosts/runtime.ts'
import { readInventory } from '../../../src/inventory/load.ts'

/** The cluster's settings, the host's, and what holds for the host. */
const cases: readonly [
  cluster: string,
  host: string,
  packages: string,
  docker: string | undefined,
  containerd: string | undefined,
][] = [
  ['', '', 'docker', undefined, undefined],
  ['docker: { version: "29.7" }', '', 'docker', '29.7', undefined],
  ['docker: { version: "29.7" }', 'docker: { version: 29.6.1 }', 'docker', '29.6.1', undefined],
  ['docker: { packages: distribution }', 'docker: { packages: docker }', 'docker', undefined, undefined],
  // 26.1 is a version of the distribution's: of Docker's own packages the release's.
  [
    'docker: { packages: distribution, version: "26.1" }',
    'docker: { packages: docker }',
    'docker',
    undefined,
    undefined,
  ],
  [
    'docker: { packages: distribution }\ncontainerd: { version: "1.7" }',
    'docker: { packages: docker, version: "29.7" }, containerd: { version: "2.3" }',
    'docker',
    '29.7',
    '2.3',
  ],
  ['containerd: { version: "2.3" }', 'docker: { version: "29.7" }', 'docker', '29.7', '2.3'],
  ['', 'containerd: { version: "2.2" }', 'docker', undefined, '2.2'],
]

describe('a Docker of its own', () => {
  it.each(cases)('%s | %s', (cluster, host, packages, docker, containerd) => {
    const own = host === '' ? '' : `, ${host}`
    const hosts = `hosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.21, role: worker${own} }\n`
    const inventory = readInventory(`cluster: lab\n${hosts}${cluster}\n`, 'hosts.yaml')
    const [cp1, w1] = inventory.hosts
    if (cp1 === undefined || w1 === undefined) throw new Error('two hosts are expected')
    expect(forHost(inventory, cp1)).toBe(inventory)
    const found = forHost(inventory, w1)
    expect([found.docker.packages, found.docker.version, found.containerd.version]).toEqual([
      packages,
      docker,
      containerd,
    ])
    expect(found.docker.daemon).toBe(inventory.docker.daemon)
  })
})
