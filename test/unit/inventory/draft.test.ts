import { describe, expect, it } from 'vitest'
import { type Draft, draftInventory, mistakes, parseMembers } from '../../../src/inventory/draft.ts'
import { readInventory } from '../../../src/inventory/load.ts'

const plain: Draft = {
  cluster: 'lab',
  user: 'ops',
  controlPlanes: parseMembers('10.0.0.11', 'cp'),
  workers: [],
  sudoPassword: false,
}

const drafts: readonly [string, Draft, object][] = [
  ['one host', plain, { cluster: 'lab', hosts: [{ name: 'cp1', address: '10.0.0.11', ssh: { user: 'ops' } }] }],
  [
    'three control planes',
    { ...plain, controlPlanes: parseMembers('10.0.0.11, b=10.0.0.12 10.0.0.13', 'cp'), endpoint: '[fd00::1]:6443' },
    { kubernetes: { endpoint: '[fd00::1]:6443' }, hosts: [{ name: 'cp1' }, { name: 'b' }, { name: 'cp3' }] },
  ],
  [
    'IPv6, sudo password and mirrors',
    { ...plain, workers: parseMembers('fd00::21 1=fd00::22', 'w'), sudoPassword: true, mirrors: 'tuna' },
    {
      hosts: [{}, { address: 'fd00::21', role: 'worker', ssh: { sudoPassword: 'prompt' } }, { name: '1' }],
      mirrors: { packages: { docker: ['https://mirrors.tuna.tsinghua.edu.cn/docker-ce'] } },
    },
  ],
  [
    'names that YAML would take for something else',
    { ...plain, cluster: 'on', user: 'null' },
    { cluster: 'on', hosts: [{ ssh: { user: 'null' } }] },
  ],
  ['numbers as names', { ...plain, cluster: '42' }, { cluster: '42' }],
]

describe('a first inventory', () => {
  it.each(drafts)('of %s is read as it was meant', (_name, draft, expected) => {
    expect(readInventory(draftInventory(draft), 'hosts.yaml', 'reach')).toMatchObject(expected)
  })
})

describe('answers', () => {
  it.each([
    [
      '10.0.0.300',
      '10.0.0.300 must be an IP address or a host name; write four numbers from 0 to 255, such as 10.0.0.11',
    ],
    ['a=10.0.0.1,b=10.0.0.1', '10.0.0.1 is given twice'],
    [
      'UP=10.0.0.1',
      'UP is not a valid node name; use lower-case letters, digits, - and dots between; each part begins and ends with a letter or digit',
    ],
    [
      '10.0.0.21-23',
      '10.0.0.21-23 is a range; a host has one address; write one host per address: 10.0.0.21, 10.0.0.22, 10.0.0.23',
    ],
    ['0.0.0.0', '0.0.0.0 means any address of a host; write the address that other hosts use to reach it'],
    ['a=10.0.0.1 b=host.example.com', undefined],
  ])('%s', (text, mistake) => {
    expect(mistakes.members(parseMembers(text, 'x'))).toBe(mistake)
  })
})
