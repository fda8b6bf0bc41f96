import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sshd, startSshd } from './sshd.ts'

// Two hosts with an /etc of their own, and the whole command: hosts that are not what the inventory says.
const prepare = `
  mount -t tmpfs tmpfs /var/lib; mkdir -p /var/lib/kubelet/pki "$1/upper" "$1/work"
  mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc
  cp "$1/machine-id" /etc/machine-id; mkdir -p /etc/kubernetes/pki`
const hosts = new Map<string, Sshd>()
let directory = ''

beforeAll(async () => {
  for (const name of ['cp1', 'w1']) hosts.set(name, await startSshd({ prepare }))
})
afterAll(() => Promise.all([...hosts.values()].map((host) => host.stop())))
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-identity-'))
  mkdirSync(join(directory, 'ca'))
  for (const host of hosts.values())
    host.shell('rm -rf /etc/kubernetes/* /var/lib/kubelet/pki/* /var/lib/touched; mkdir /etc/kubernetes/pki')
  return () => rmSync(directory, { recursive: true, force: true })
})

const on = (name: string, line: string) => hosts.get(name)?.shell(line)

function write(lines: Readonly<Record<string, { port: string; address?: string; role?: string }>>): void {
  const inventory = {
    cluster: 'office',
    ssh: { user: 'root' },
    hosts: Object.fromEntries(
      Object.entries(lines).map(([name, { port, address = '127.0.0.1', role = 'worker' }], index) => {
        const sshd = hosts.get(port) as Sshd
        const node = { address: `10.0.0.${index + 1}` }
        return [name, { address, node, role, ssh: { port: sshd.port, identityFile: sshd.file('user') } }]
      }),
    ),
  }
  writeFileSync(join(directory, 'hosts.yaml'), JSON.stringify(inventory, null, 1))
  const task = { name: 'Touched', command: { run: 'touch /var/lib/touched', creates: '/var/lib/touched' } }
  const book = { description: 'Touches.', phases: [{ name: 'touch', hosts: 'all', tasks: [task] }] }
  writeFileSync(join(directory, 'book.yaml'), JSON.stringify(book))
}

function provision(...words: string[]) {
  const given = [...words, '-i', 'hosts.yaml', '--output', 'plain']
  const bin = join(import.meta.dirname, '../../bin/provision')
  const ran = spawnSync(bin, given, { cwd: directory, encoding: 'utf8' })
  return { code: ran.status, text: ran.stdout + ran.stderr }
}

/** Makes the host a node as kubeadm does: a kubelet.conf that leads to a certificate, of a CA that is made when first named. */
function makeNode(on: string, node: string, authority: string): void {
  const openssl = (...words: string[]) =>
    execFileSync('openssl', words, { cwd: join(directory, 'ca'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const make = (name: string, subject: string) =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      subject,
    )
  const ca = join(directory, 'ca', authority)
  if (spawnSync('test', ['-e', `${ca}.crt`]).status !== 0) make(authority, '/CN=kubernetes')
  make(node, `/O=system:nodes/CN=system:node:${node}`)
  const file = '/var/lib/kubelet/pki/kubelet-client-current.pem'
  hosts.get(on)?.shell(`
    cp ${ca}.crt /etc/kubernetes/pki/ca.crt
    cat ${join(directory, 'ca', node)}.crt ${join(directory, 'ca', node)}.key >${file}
    cat >/etc/kubernetes/kubelet.conf <<END
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: $(base64 -w 0 ${ca}.crt)
    server: https://${authority}:6443
  name: default-cluster
users:
- name: default-auth
  user:
    client-certificate: ${file}
    client-key: ${file}
END`)
}

function untouched(...names: string[]): void {
  for (const name of names)
    expect(on(name, 'ls /var/lib; ls /run/provision || :')).not.toMatch(/touched|provision|program|-\d/)
}

const both = { cp1: { port: 'cp1', role: 'control-plane' }, w1: { port: 'w1' } }

describe('nothing is touched', () => {
  it.each([
    ['run', 'book.yaml'],
    ['run', 'book.yaml', '--check'],
    ['run', 'book.yaml', '--concurrency', '1'],
    ['plan'],
    ['--yes', 'reset'],
  ])('where two lines lead to one machine: %s %s %s', (...words) => {
    write({ cp1: both.cp1, w1: { port: 'cp1', address: 'localhost' } })
    const { code, text } = provision(...words)
    expect(code).toBe(2)
    expect(text).toMatch(/hosts\.yaml:\d+:\d+: (w1 and cp1|cp1 and w1) are one machine: .*127\.0\.0\.1/)
    expect(text).not.toContain('out of memory')
    untouched('cp1')
  })

  it('where a host is a node of another cluster, under another name', () => {
    write(both)
    makeNode('cp1', 'cp1', 'own')
    makeNode('w1', 'gpu-07', 'foreign')
    const { code, text } = provision('run', 'book.yaml')
    expect(code).toBe(2)
    expect(text).toContain('w1 is node gpu-07 of another cluster already (API server https://foreign:6443)')
    untouched('cp1', 'w1')
  })

  it('where it is one under the very name, and no control plane is in the run', () => {
    write(both)
    makeNode('cp1', 'cp1', 'own')
    makeNode('w1', 'w1', 'foreign')
    const { code, text } = provision('run', 'book.yaml', '--limit', 'w1')
    expect(code).toBe(2)
    expect(text).toContain('w1 is a node of another cluster already (API server https://foreign:6443)')
    untouched('cp1', 'w1')
  })

  it('where a line was renamed', () => {
    write({ cp1: both.cp1, 'gpu-1': both.w1 })
    makeNode('cp1', 'cp1', 'own')
    makeNode('w1', 'w1', 'own')
    const { code, text } = provision('plan')
    expect(code).toBe(2)
    expect(text).toMatch(/gpu-1 is node w1 of this cluster.*cannot be renamed\n.*provision remove w1/)
    untouched('cp1', 'w1')
  })

  it('where two machines that are to be nodes have one machine-id', () => {
    write(both)
    on('w1', `cat /etc/machine-id >/var/lib/own; cat ${hosts.get('cp1')?.file('machine-id')} >/etc/machine-id`)
    const { code, text } = provision()
    on('w1', 'cat /var/lib/own >/etc/machine-id')
    expect(code).toBe(2)
    expect(text).toMatch(/cp1 and w1 have the same machine-id [0-9a-f]{32}/)
    untouched('cp1', 'w1')
  })

  it('where a control plane has the data of an etcd and nothing else, or no more than another cluster’s admin.conf', () => {
    write(both)
    on('cp1', 'mkdir -p /var/lib/etcd/member')
    const data = provision('plan')
    expect([data.code, data.text]).toEqual([2, expect.stringContaining('cp1 has etcd data in /var/lib/etcd')])
    makeNode('w1', 'w1', 'own')
    makeNode('cp1', 'cp1', 'foreign')
    on('cp1', 'cd /etc/kubernetes && mv kubelet.conf admin.conf && rm -r pki; rm -r /var/lib/etcd')
    const { code, text } = provision('plan')
    expect([code, text]).toEqual([2, expect.stringContaining('w1 is a node of another cluster already')])
    untouched('cp1', 'w1')
  })
})

it('nodes that are what the inventory says are worked on as ever', () => {
  write(both)
  makeNode('cp1', 'cp1', 'own')
  makeNode('w1', 'w1', 'own')
  expect(provision('run', 'book.yaml').code).toBe(0)
  for (const name of ['cp1', 'w1']) expect(on(name, 'ls /var/lib')).toContain('touched')
})

it('status tells of it, and goes on', () => {
  write(both)
  makeNode('cp1', 'cp1', 'own')
  makeNode('w1', 'gpu-07', 'foreign')
  const { code, text } = provision('status')
  expect(code).toBe(1)
  expect(text).toContain('w1 is node gpu-07 of another cluster already')
})
