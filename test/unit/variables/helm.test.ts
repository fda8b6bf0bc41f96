import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import type { HostFacts } from '../../../src/host-facts.ts'
import type { Release } from '../../../src/inventory/helm/helm.ts'
import type { Inventory } from '../../../src/inventory/inventory.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { chartRegistry, helmProgram } from '../../../src/variables/helm.ts'

const facts: HostFacts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'arm64' }
const read = (more: string): Inventory =>
  readInventory(`cluster: lab\nhosts: { cp1: { address: 10.0.0.11, role: control-plane } }\n${more}\n`, 'hosts.yaml')

describe('Helm itself', () => {
  it('is the one that is pinned', () => {
    const { version, sha256 } = catalogue.helm
    expect(helmProgram(read('helm: {}'), facts, catalogue)).toEqual({
      from: [`https://get.helm.sh/helm-v${version}-linux-arm64.tar.gz`],
      sha256: sha256.arm64,
      member: 'linux-arm64/helm',
      to: '/usr/local/bin/helm',
    })
  })

  it('is another one, from mirrors in order, without a digest of ours', () => {
    const inventory = read('helm: { version: 4.0.1 }\nmirrors: { packages: { helm: ["http://m/helm/", official] } }')
    const { from, ...rest } = helmProgram(inventory, facts, catalogue)
    expect(from).toEqual([
      'http://m/helm/helm-v4.0.1-linux-arm64.tar.gz',
      'https://get.helm.sh/helm-v4.0.1-linux-arm64.tar.gz',
    ])
    expect(rest).not.toHaveProperty('sha256')
  })
})

describe('what is known of the registry of a chart', () => {
  const inventory = read(
    'registries: { private: [{ host: "r.example.com:5000", ca: LICENSE, username: u, password: prompt }, { host: m.example.com, insecure: true }] }',
  )
  const of = (chart: Release['chart']) => chartRegistry({ chart } as Release, inventory, { 'r.example.com:5000': 'p' })

  it.each([
    [
      { oci: 'oci://r.example.com:5000/charts/web', version: '1.0.0' },
      {
        host: 'r.example.com:5000',
        insecure: false,
        auth: 'dTpw',
        ca: '/etc/containerd/certs.d/r.example.com:5000/ca.crt',
      },
    ],
    [
      { repository: 'https://m.example.com/stable', name: 'web', version: '1.0.0' },
      { host: 'm.example.com', insecure: true },
    ],
    [{ oci: 'oci://quay.io/charts/web', version: '1.0.0' }, undefined],
    [{ folder: '/charts/own' }, undefined],
  ])('%j', (chart, known) => {
    expect(of(chart)).toEqual(known)
  })
})
