import { describe, expect, it, test } from 'vitest'
import type { Manifest } from '../../../src/archive/manifest.ts'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { readLook, refuseControlPlanes, refuseOtherVersions } from '../../../src/operations/restore-checks.ts'
import { restorePlaybooks } from '../../../src/operations/restoring.ts'
import { newRestoreId } from '../../../src/state/restore.ts'

const inventory = readInventory(
  `cluster: lab
kubernetes: { version: 1.36.3, endpoint: "k8s.example.com:6443" }
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  cp2: { address: 10.0.0.12, role: control-plane }
  cp3: { address: 10.0.0.13, role: control-plane, state: down }
  w1: { address: 10.0.0.21, role: worker }
`,
  'hosts.yaml',
)

function manifest(kubernetesVersion: string, etcdVersion: string): Manifest {
  const fixed = { format: 1 as const, cluster: 'lab', host: 'cp1', createdAt: '2026-11-21T02:00:00Z' }
  return { ...fixed, kubernetesVersion, etcdVersion, revision: 1, etcdHash: 1, totalKeys: 1, objects: {}, nodes: [] }
}

const refusal = (act: () => void): string => {
  try {
    act()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('an archive', () => {
  it.each([
    ['v1.36.3', '3.6.8', ''],
    ['v1.36.0', '3.5.30', ''],
    ['v1.36.9', '3.6.99', ''],
    ['', '3.6.8', ''],
    ['v1.35.8', '3.6.6', 'the archive is from Kubernetes 1.35.8, and the inventory has 1.36.3'],
    ['v1.37.1', '3.7.0', 'the archive is from Kubernetes 1.37.1'],
    ['v1.37.1', '3.7.0', 'the archive is from etcd 3.7.0'],
    ['v1.36.3', '4.0.0', 'the archive is from etcd 4.0.0'],
  ])('of Kubernetes %s with etcd %s: %s', (kubernetes, etcd, message) => {
    const told = refusal(() => refuseOtherVersions(manifest(kubernetes, etcd), inventory, catalogue))
    if (message === '') expect(told).toBe('')
    else expect(told).toContain(message)
  })
})

describe('control planes', () => {
  it.each([
    ['that are empty', { cp1: '', cp2: '' }, false, ''],
    ['with data of before', { cp1: 'data\t1.2M\n', cp2: '' }, false, ''],
    ['of which one is silent', { cp1: '' }, false, 'cp2 cannot be reached'],
    ['of which one is silent, by force', { cp1: '' }, true, 'cp2 cannot be reached'],
    [
      'of which one answers',
      { cp1: '', cp2: 'alive\ndata\t9M\n' },
      false,
      'cluster lab is running: its API responds on cp2',
    ],
    ['of which one answers, by force', { cp1: '', cp2: 'alive\n' }, true, ''],
  ])('%s', (_, said, force, message) => {
    const looks = new Map(Object.entries(said).map(([name, text]) => [name, readLook(text)]))
    const told = refusal(() => refuseControlPlanes(inventory, looks, force))
    if (message === '') expect(told).toBe('')
    else expect(told).toContain(message)
  })
})

test('what a control plane says of itself', () => {
  expect(readLook('alive\ndata\t12M\n')).toEqual({ alive: true, data: '12M' })
  expect(readLook('data\t12M\u001b[2J\n')).toEqual({ alive: false, data: '12M2J' })
  expect(readLook('')).toEqual({ alive: false, data: undefined })
})

test('a restore is named by its time and its archive', () => {
  expect(newRestoreId('abcdef0123456789', new Date('2026-11-21T02:03:04.567Z'))).toBe('20261121-020304-abcdef01')
})

test('data is in its place before the control plane is made, and objects are compared when the cluster is proven', () => {
  const phases = restorePlaybooks(inventory, 'r1').flatMap((playbook) => playbook.phases.map((phase) => phase.name))
  const order = [
    'kubernetes',
    'displace control plane',
    'restore',
    'control plane',
    'kubelet identity',
    'join control planes',
    'join',
  ]
  expect(phases.filter((name) => [...order, 'verify', 'compare'].includes(name))).toEqual([
    ...order,
    'verify',
    'compare',
  ])
})
