import { homedir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../../src/errors.ts'
import { loadInventory, readInventory } from '../../../src/inventory/load.ts'

const small = `
cluster: lab
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  w1: { address: 10.0.0.21, role: worker }
`

function read(more = '', base = small) {
  return readInventory(base + more, '/srv/hosts.yaml')
}

describe('an inventory of three lines', () => {
  it('has every default', () => {
    const { hosts, ...cluster } = read()
    expect(cluster).toMatchSnapshot()
    expect(hosts[1]).toEqual({
      name: 'w1',
      address: '10.0.0.21',
      reach: '10.0.0.21',
      node: undefined,
      connection: 'ssh',
      role: 'worker',
      state: 'up',
      labels: {},
      taints: [],
      ssh: { hostKeys: 'pin' },
      source: { file: '/srv/hosts.yaml', line: 5, column: 3 },
    })
  })

  it('keeps pods off the control plane unless told otherwise', () => {
    const taken = read(
      '  cp2: { address: 10.0.0.12, role: control-plane, taints: [] }\nkubernetes: { endpoint: "k:6443" }\n',
    )
    expect(taken.hosts.map((host) => host.taints)).toEqual([
      [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      [],
      [],
    ])
  })
})

/** What is written, and what becomes of it. */
const readings: readonly [string, string, (inventory: ReturnType<typeof read>) => unknown, unknown][] = [
  ['newest patch of a minor', 'kubernetes: { version: "1.35" }', (it) => it.kubernetes.version, '1.35.8'],
  [
    'eviction thresholds over the defaults',
    'kubernetes: { evictionHard: { memory.available: 1Gi, pid.available: 5% } }',
    (it) => it.kubernetes.evictionHard,
    {
      'memory.available': '1Gi',
      'nodefs.available': '10%',
      'nodefs.inodesFree': '5%',
      'imagefs.available': '15%',
      'pid.available': '5%',
    },
  ],
  [
    'one reservation, the others by the size of each machine',
    'kubernetes: { reserved: { system: { memory: 1Gi } } }',
    (it) => it.kubernetes.reserved,
    { system: { memory: '1Gi' }, kube: {} },
  ],
  [
    'mirror preset',
    'mirrors: tuna',
    (it) => [it.mirrors.packages.docker, it.time.servers[0]],
    [['https://mirrors.tuna.tsinghua.edu.cn/docker-ce'], 'ntp.tuna.tsinghua.edu.cn'],
  ],
  [
    'own mirrors over a preset',
    'mirrors: { preset: ustc, packages: { docker: "https://m.example.com/" }, registries: { docker.io: "http://m:5000" } }',
    (it) => [it.mirrors.packages, it.mirrors.registries['docker.io'], 'registry.k8s.io' in it.mirrors.registries],
    [
      { kubernetes: ['https://mirrors.ustc.edu.cn/kubernetes'], docker: ['https://m.example.com'], helm: [], os: {} },
      ['http://m:5000'],
      true,
    ],
  ],
  ['swap off is not false', 'swap: off', (it) => it.swap, 'off'],
  ['swap left on', 'swap: on', (it) => it.swap, 'on'],
]

describe('settings', () => {
  it.each(readings)('%s', (_name, text, pick, expected) => {
    expect(pick(read(`${text}\n`))).toEqual(expected)
  })

  it('of a host override the cluster’s, key by key', () => {
    const inventory = readInventory(
      `
cluster: lab
ssh: { user: ops, sudoPassword: { env: SUDO }, jump: bastion, port: 2222 }
hosts:
  cp1: { address: 10.0.0.11, role: control-plane, ssh: { user: root, jump: none } }
`,
      'hosts.yaml',
    )
    expect(inventory.hosts[0]?.ssh).toEqual({
      user: 'root',
      port: 2222,
      sudoPassword: { env: 'SUDO' },
      hostKeys: 'pin',
    })
  })

  it('with paths begin at the inventory or at home', () => {
    const here = new URL('.', import.meta.url).pathname
    const inventory = readInventory(
      `${small}ssh: { sudoPassword: { file: load.test.ts } }\nnetwork: { manifest: ../inventory/load.test.ts }\n`,
      `${here}hosts.yaml`,
    )
    expect(inventory.network).toEqual({ manifest: `${here}load.test.ts` })
    expect(inventory.hosts[0]?.ssh.sudoPassword).toEqual({ file: `${here}load.test.ts` })
    expect(() => read('ssh: { identityFile: ~/no/such/key }\n')).toThrow('file ~/no/such/key does not exist')
    expect(homedir()).not.toBe('~')
  })
})

describe('warnings', () => {
  it('of a password that everybody between can read', () => {
    const { warnings } = read(
      'registries: { private: [{ host: r.example.com, insecure: true, username: me, password: { env: X } }] }',
    )
    expect(warnings.map((warning) => warning.message)).toEqual([
      'every pull sends the password for r.example.com over plain HTTP',
    ])
  })

  it.each([
    ['hosts: { cp1: { address: 172.17.8.101, role: control-plane } }', 'which Docker uses for its bridge'],
    [
      `${small}kubernetes: { controllerManager: { extraArgs: { node-cidr-mask-size-ipv4: "26" } } }`,
      'a /26 has 61 pod addresses, and a node accepts up to 110 pods',
    ],
  ])('%s', (text, message) => {
    const whole = text.startsWith('hosts') ? `cluster: lab\n${text}` : text
    expect(readInventory(whole, 'hosts.yaml').warnings.map(formatProblem)).toEqual([expect.stringContaining(message)])
  })

  it('an even number of control planes', () => {
    const { warnings } = read(
      '  cp2: { address: 10.0.0.12, role: control-plane }\nkubernetes: { endpoint: "k:6443" }\n',
    )
    expect(warnings.map((warning) => warning.message)).toEqual(['2 control planes tolerate no more failures than 1'])
  })
})

describe('a file', () => {
  it.each(['minimal', 'full'])('inventory/%s.yaml is right', (name) => {
    const inventory = loadInventory(new URL(`../../../inventory/${name}.yaml`, import.meta.url).pathname)
    expect(inventory.warnings).toEqual([])
  })

  it('that is not there, or a directory, is told apart', () => {
    expect(() => loadInventory('no/such.yaml')).toThrow('inventory no/such.yaml does not exist')
    expect(() => loadInventory('/')).toThrow('/ is not a file')
  })

  it('begins with a byte order mark and ends lines as Windows does', () => {
    expect(readInventory(`\uFEFF${small.replaceAll('\n', '\r\n')}`, 'hosts.yaml').cluster).toBe('lab')
  })
})
