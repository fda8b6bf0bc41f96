import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeEncrypted } from '../../src/archive/encrypted-file.ts'
import { goodEntries, goodFiles, makeTar, manifest } from '../unit/archive/make.ts'
import { type Sshd, startSshd } from './sshd.ts'

// Two control planes that have nothing but archives, and the whole command.
const names = ['cp1', 'cp2'] as const
const hosts = new Map<string, Sshd>()
let directory: string
let identity: string
let recipient: string

beforeAll(async () => {
  for (const name of names) hosts.set(name, await startSshd({ prepare: 'mount -t tmpfs tmpfs /var/lib' }))
  identity = await generateX25519Identity()
  recipient = await identityToRecipient(identity)
})
afterAll(() => Promise.all([...hosts.values()].map((host) => host.stop())))
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-fetch-'))
  for (const host of hosts.values()) host.shell('rm -rf /var/lib/provision; mkdir -p /var/lib/provision/backups')
  return () => rmSync(directory, { recursive: true, force: true })
})

/** Puts an archive on a host, as its timer would have. */
async function give(name: string, stamp: string, cluster = 'prod'): Promise<void> {
  const host = hosts.get(name) as Sshd
  const said = JSON.stringify({ ...manifest, cluster })
  const tar = makeTar(goodEntries(goodFiles({ 'manifest.json': said })))
  const file = host.file(`prod-${stamp}Z.tar.age`)
  await writeEncrypted(file, { recipients: [recipient] }, Readable.from([tar]))
  host.shell(
    `cp ${file} /var/lib/provision/backups/; echo '{"manifest":${said}}' >/var/lib/provision/backups/prod-${stamp}Z.tar.age.json`,
  )
}

function run(...words: string[]) {
  const backup = { recipients: [recipient], identity: 'identity', keep: { last: 2, daily: 0, weekly: 0, monthly: 0 } }
  const inventory = {
    cluster: 'prod',
    ssh: { user: 'root' },
    kubernetes: { endpoint: 'k8s.example.com:6443' },
    backup,
    hosts: Object.fromEntries(
      [...hosts].map(([name, host]) => [
        name,
        { address: '127.0.0.1', role: 'control-plane', ssh: { port: host.port, identityFile: host.file('user') } },
      ]),
    ),
  }
  writeFileSync(join(directory, 'hosts.yaml'), JSON.stringify(inventory))
  const all = ['-i', join(directory, 'hosts.yaml'), '-o', 'json', 'backup', ...words]
  const { status, stdout, stderr } = spawnSync('bin/provision', all, { encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

const here = (): string[] => {
  mkdirSync(join(directory, '.provision/prod/backups'), { recursive: true })
  return readdirSync(join(directory, '.provision/prod/backups')).filter((name) => name.endsWith('.age'))
}

describe('backup fetch', () => {
  it('brings what would be kept, each from one host, checked where the key is at hand', async () => {
    await give('cp1', '20261119-030000')
    await give('cp1', '20261120-030000')
    await give('cp2', '20261120-030000')
    await give('cp2', '20261121-030000')
    writeFileSync(join(directory, 'identity'), `${identity}\n`, { mode: 0o600 })
    expect(run('fetch')).toMatchObject({ status: 0 })
    expect(here()).toEqual(['prod-20261120-030000Z.tar.age', 'prod-20261121-030000Z.tar.age'])
    const listed = JSON.parse(run('list').output)
    expect(listed.archives).toMatchObject([{ manifest }, { manifest }])
    expect(run('fetch').output).toContain('All archives to keep are already here')
    expect(run('verify', '--local', join(directory, '.provision/prod/backups', here()[0] ?? ''))).toMatchObject({
      status: 0,
      output: expect.stringContaining('complete and unaltered'),
    })
  })

  it('keeps nothing that was damaged on the host, or is another cluster’s, where the key is at hand', async () => {
    await give('cp1', '20261120-030000')
    await give('cp2', '20261121-030000', 'staging')
    hosts.get('cp1')?.shell('truncate -s -100 /var/lib/provision/backups/prod-20261120-030000Z.tar.age')
    writeFileSync(join(directory, 'identity'), `${identity}\n`, { mode: 0o600 })
    const { status, output } = run('fetch')
    expect(status).toBe(1)
    expect(output).toMatch(/is not whole: it was cut short/)
    expect(output).toMatch(/is an archive of the cluster staging, not of prod/)
    expect(here()).toEqual([])
  })

  it('needs no key', async () => {
    await give('cp2', '20261121-030000')
    expect(run('fetch')).toMatchObject({ status: 0 })
    expect(here()).toEqual(['prod-20261121-030000Z.tar.age'])
  })

  it('says where there is nothing, and where nobody answers', async () => {
    const none = run('fetch')
    expect(none).toMatchObject({ status: 2, output: expect.stringContaining('no control plane has archives') })
    const made = run()
    expect(made).toMatchObject({ status: 2, output: expect.stringContaining('has a running etcd') })
  })
})
