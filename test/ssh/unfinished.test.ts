import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LockedError, UnreachableError } from '../../src/errors.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { OpenOptions } from '../../src/transport/transport.ts'
import { encodeUndertaking, type Undertaking } from '../../src/transport/undertaking.ts'
import { type Sshd, startSshd } from './sshd.ts'

// What hosts remember of a restore or rebuild that has not ended, as a machine sees it that has no journal of it.
const note = '/var/lib/provision/unfinished'
const begun: Undertaking = {
  verb: 'rebuild',
  id: '20260901-100000-ab12',
  since: '2026-09-01T10:00:00.000Z',
  by: 'ops@desk',
}
const hosts = new Map<string, Sshd>()
let directory = ''

beforeAll(async () => {
  for (const name of ['cp1', 'w1'])
    hosts.set(name, await startSshd({ prepare: 'mount -t tmpfs tmpfs /var/lib; mkdir /var/lib/test' }))
})
afterAll(() => Promise.all([...hosts.values()].map((host) => host.stop())))
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-unfinished-'))
  for (const name of hosts.keys()) on(name, `rm -rf ${note} /var/lib/test/*`)
  return () => rmSync(directory, { recursive: true, force: true })
})

const on = (name: string, line: string) => (hosts.get(name) as Sshd).shell(line)

/** Takes cp1 as a machine of its own, and lets go of it. */
async function take(undertaking?: OpenOptions['undertaking']): Promise<void> {
  const host = hosts.get('cp1') as Sshd
  const transport = createSshTransport({ knownHostsFile: host.file('known_hosts'), sshConfigFile: '/nonexistent' })
  const lock = { who: 'other@laptop', run: 'r', since: '2026-01-02T03:04:05Z' }
  const session = await transport.open(host.target({ name: 'cp1' }), { timeout: 30, lock, undertaking })
  await session.close()
}

function provision(...words: string[]) {
  const task = '{ name: Changed, command: { run: touch /var/lib/test/changed, creates: /var/lib/test/changed } }'
  writeFileSync(
    join(directory, 'book.yaml'),
    `description: x\nphases:\n  - { name: all, hosts: all, tasks: [${task}] }\n`,
  )
  const inventory = {
    cluster: 'test',
    ssh: { user: 'root' },
    hosts: Object.fromEntries(
      [...hosts].map(([name, host]) => {
        const ssh = { port: host.port, identityFile: host.file('user') }
        return [name, { address: '127.0.0.1', role: name === 'cp1' ? 'control-plane' : 'worker', ssh }]
      }),
    ),
  }
  writeFileSync(join(directory, 'hosts.yaml'), JSON.stringify(inventory))
  const all = [...words, '-i', join(directory, 'hosts.yaml'), '--output', 'plain']
  return spawnSync('bin/provision', all, { encoding: 'utf8' })
}

describe('a host', () => {
  it('remembers what was begun before anything is changed, once and for all runs of it', async () => {
    await take(begun)
    expect(on('cp1', `cat ${note}; stat -c %a ${note}`)).toBe(`${encodeUndertaking(begun)}\n600\n`)
    await take(begun)
    await expect(take()).rejects.toThrow(LockedError)
    await take('any')
    expect(on('cp1', `cat ${note}`)).toBe(`${encodeUndertaking(begun)}\n`)
  })

  it('keeps out another restore or rebuild that does not take its place', async () => {
    await take(begun)
    const other: Undertaking = { ...begun, verb: 'restore', id: 'other' }
    await expect(take(other)).rejects.toThrow(/a rebuild was begun 2026-09-01.* by ops@desk .*20260901-100000-ab12/)
    await take({ ...other, instead: ['x', encodeUndertaking(begun)] })
    expect(on('cp1', `cat ${note}`)).toBe(`${encodeUndertaking(other)}\n`)
  })

  it.each(['', 'not ours', '!!'])('keeps others out where the note is damaged: %j', async (text) => {
    on('cp1', `mkdir -p /var/lib/provision; printf '%s' '${text}' >${note}`)
    await expect(take()).rejects.toThrow(/its record cannot be read/)
  })

  it('is not taken where it cannot remember', async () => {
    on('cp1', 'mkdir -p /var/lib/provision; mount -t tmpfs -o ro tmpfs /var/lib/provision')
    try {
      await expect(take(begun)).rejects.toThrow(UnreachableError)
      await take()
    } finally {
      on('cp1', 'umount /var/lib/provision')
    }
  })
})

describe('a machine without a journal', () => {
  // A control plane speaks for the cluster, a worker for itself.
  it.each([
    ['cp1', 4],
    ['w1', 1],
  ])('is told by %s, and changes nothing there', (name, status) => {
    on(name, `mkdir -p /var/lib/provision; printf '%s\n' ${encodeUndertaking(begun)} >${note}`)
    const run = provision('run', join(directory, 'book.yaml'))
    const told = run.stdout + run.stderr
    expect(told).toMatch(new RegExp(`${name}: a rebuild was begun 2026-09-01T10:00:00.000Z by ops@desk`))
    expect(told).toMatch(/run `provision rebuild` as ops@desk to continue it, or `provision rebuild --abandon`/)
    expect(run.status).toBe(status)
    expect(on(name, 'ls /var/lib/test')).toBe('')
    expect(provision('run', '--check', join(directory, 'book.yaml')).status).toBe(3)
  })

  it('can give up what cannot be read', () => {
    on('cp1', `mkdir -p /var/lib/provision; echo damaged >${note}`)
    expect(provision('rebuild', '--abandon', '--yes').stdout).toMatch(/Given up/)
    expect(on('cp1', `ls ${note} 2>/dev/null || :`)).toBe('')
  })

  it('can give it up: hosts forget it and take other commands again', () => {
    for (const name of hosts.keys())
      on(name, `mkdir -p /var/lib/provision; printf '%s\n' ${encodeUndertaking(begun)} >${note}`)
    const asked = provision('rebuild', '--abandon')
    expect(asked.status).toBe(2)
    expect(asked.stdout).toMatch(/cp1, w1: a rebuild was begun/)
    const abandoned = provision('rebuild', '--abandon', '--yes')
    expect(abandoned.stdout + abandoned.stderr).toMatch(/Given up/)
    expect(abandoned.status).toBe(0)
    for (const name of hosts.keys()) expect(on(name, `ls ${note} 2>/dev/null || :`)).toBe('')
    expect(provision('run', join(directory, 'book.yaml')).status).toBe(0)
    expect(provision('restore', '--abandon').stdout).toBe('No restore or rebuild is under way.\n')
  })
})
