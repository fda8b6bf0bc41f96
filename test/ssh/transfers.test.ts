import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/events/run-event.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { execute, type Work } from '../../src/operations/execute.ts'
import type { GlobalOptions } from '../../src/operations/options.ts'
import { ownPlaybooks } from '../../src/operations/playbooks.ts'
import { type Sshd, startSshd } from './sshd.ts'

// Files that a run brings and takes: the whole engine, without the command line.
let host: Sshd
let directory: string

beforeAll(async () => {
  host = await startSshd({ prepare: 'mount -t tmpfs tmpfs /var/lib' })
})
afterAll(() => host.stop())
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-transfers-'))
  return () => rmSync(directory, { recursive: true, force: true })
})

const playbook = `
description: Makes a file of the one it was given.
phases:
  - name: make
    hosts: all
    tasks:
      - name: Twice what was brought
        command:
          run: |
            mkdir -p "$P_DISK"
            cat /var/lib/brought /var/lib/brought >"$P_DISK/twice"
          always: true
          value: echo "$P_DISK/twice"
        output: { name: twice, file: true }
      - name: No file at all
        command: { run: ":", always: true, value: echo NAMED }
        output: { name: named, file: true }
`

function work(named: string, over: Partial<Work>): { work: Work; options: GlobalOptions; events: () => RunEvent[] } {
  const file = join(directory, 'hosts.yaml')
  const ssh = { port: host.port, user: 'root', identityFile: host.file('user') }
  writeFileSync(
    file,
    JSON.stringify({ cluster: 'test', ssh, hosts: { cp1: { address: '127.0.0.1', role: 'control-plane' } } }),
  )
  writeFileSync(join(directory, 'book.yaml'), playbook.replace('NAMED', named))
  const inventory = loadInventory(file, 'reach')
  const playbooks = ownPlaybooks([join(directory, 'book.yaml')], inventory)
  const runs = join(directory, '.provision/test/runs')
  return {
    work: { command: 'test', mode: 'apply', inventory, playbooks, selected: inventory.hosts, ...over },
    options: { inventory: file, output: 'none', concurrency: 1, timeout: 30, yes: false, verbose: false },
    events: () =>
      readFileSync(join(runs, readdirSync(runs)[0] as string, 'events.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RunEvent),
  }
}

const content = Buffer.alloc(3_000_000, 'brought ')
const upload = {
  host: 'cp1',
  path: '/var/lib/brought',
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  open: (offset: number) => Readable.from([content.subarray(offset)]),
}

describe('a run', () => {
  it('brings files before its program and takes files after it, telling how far they are', async () => {
    const taken = new Map<string, Buffer>()
    const {
      work: one,
      options,
      events,
    } = work('/etc/hostname', {
      uploads: [upload],
      onFile: async (file) => {
        const pieces = []
        for await (const piece of file.bytes) pieces.push(piece)
        taken.set(`${file.host} ${file.name}`, Buffer.concat(pieces))
        expect(taken.get(`${file.host} ${file.name}`)?.length).toBe(file.size)
      },
    })
    const { summary } = await execute(one, options)
    expect(summary).toMatchObject({ exitCode: 0, hosts: [{ connections: 1, execs: 1 }] })
    expect(taken.get('cp1 twice')?.equals(Buffer.concat([content, content]))).toBe(true)
    expect(taken.get('cp1 named')?.toString()).toBe(host.shell('cat /etc/hostname'))
    // What the program kept on disk is gone with the run.
    expect(host.shell('ls /var/lib/provision/runs')).toBe('')
    const transfers = events().filter((event) => event.kind === 'transfer')
    expect(transfers[0]).toMatchObject({
      host: 'cp1',
      direction: 'to',
      file: '/var/lib/brought',
      bytes: 0,
      size: 3_000_000,
    })
    expect(transfers.findLast((event) => event.direction === 'to')).toMatchObject({ bytes: 3_000_000 })
    expect(transfers.findLast((event) => event.file.endsWith('/twice'))).toMatchObject({
      direction: 'from',
      bytes: 6_000_000,
    })
  })

  it.each([
    ['/var/lib/none', 'no file /var/lib/none on the host'],
    ['sesame', 'it gave a named that is not of its form'],
  ])('fails the host that names %s', async (named, error) => {
    const take = async (file: { bytes: AsyncIterable<Uint8Array> }) => {
      for await (const _ of file.bytes);
    }
    const { work: one, options } = work(named, { uploads: [upload], onFile: take })
    const { summary } = await execute(one, options)
    expect(summary).toMatchObject({ exitCode: 1, hosts: [{ outcome: 'failed', error }] })
  })

  it('fails the host whose file could not be kept, or was not read to its end', async () => {
    const full = work('/etc/hostname', { uploads: [upload], onFile: () => Promise.reject(new Error('no room here')) })
    expect((await execute(full.work, full.options)).summary.hosts).toMatchObject([
      { outcome: 'failed', error: 'no room here' },
    ])
    const half = work('/etc/hostname', { uploads: [upload], onFile: async () => {} })
    expect((await execute(half.work, half.options)).summary.hosts[0]?.error).toMatch(/^only 0 of 6000000 bytes/)
  })

  it('whose command takes no files refuses tasks that give some', async () => {
    const { work: one, options } = work('/etc/hostname', {})
    await expect(execute(one, options)).rejects.toThrow(/book\.yaml:14:\d+: value twice has file: true/)
  })
})
