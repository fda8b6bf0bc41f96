import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { UserError } from '../../../src/errors.ts'
import { describeNotice, type Notice } from '../../../src/transport/notice.ts'
import { isPlain } from '../../../src/transport/plain-host.ts'
import { createSshTransport } from '../../../src/transport/ssh.ts'
import { type Route, resolveRoute } from '../../../src/transport/ssh-config.ts'
import { keywords } from '../../../src/transport/ssh-keywords.ts'
import type { Target } from '../../../src/transport/transport.ts'

// Nothing that ssh_config can say is passed over: every keyword is in the table, and does what the table says of it.

const samples = parse(readFileSync(new URL('ssh-keywords.yaml', import.meta.url), 'utf8')) as Record<string, string>
const target: Target = { name: 'cp1', address: 'cp1', user: '', hostKeys: 'pin' }

function route(keyword: string, value: string, over: Partial<Target> = {}): Promise<Route> {
  const unknown: string[] = []
  const settings = new Map(keyword === '' ? [] : [[keyword.toLowerCase(), [value]]])
  return resolveRoute(
    { ...target, ...over },
    async ({ address }) => (address === 'cp1' ? settings : new Map()),
    (name) => unknown.push(name),
  ).then((found) => {
    expect(unknown).toEqual([])
    return found
  })
}

it('has a sample of each keyword, and no other', () => {
  expect(Object.keys(samples).sort()).toEqual([...keywords.values()].map(({ name }) => name).sort())
})

const rows = [...keywords.values()].map((keyword) => ({ ...keyword, value: samples[keyword.name] ?? '' }))
const password = 'secret' // so that methods can be left out

describe('a keyword', () => {
  it.each(rows.filter(({ effect }) => effect === 'counts'))('decides $what: $name', async ({ name, value }) => {
    expect(await route(name, value, { password })).not.toEqual(await route('', '', { password }))
  })

  it.each(rows.filter(({ effect }) => effect === 'none' || effect === 'by-ssh'))(
    'changes nothing: $name',
    async ({ name, value }) => {
      expect(await route(name, value)).toEqual(await route('', ''))
    },
  )

  it.each(rows.filter(({ effect }) => effect === 'refused'))('is refused: $name', async ({ name, value, what }) => {
    const error: unknown = await route(name, value).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).problems).toEqual([
      { message: `the ssh configuration has ${name} for cp1, which is not supported`, hint: what },
    ])
    for (const off of ['none', 'no', 'false']) await route(name, off)
  })

  it.each(rows.filter(({ name }) => !['Host', 'Match', 'Include'].includes(name)))(
    'has ssh asked, unless it has no effect: $name',
    ({ name, value, effect }) => {
      const directory = mkdtempSync(join(tmpdir(), 'ssh-keywords-'))
      const path = join(directory, 'config')
      writeFileSync(path, `${name} ${value}\n`)
      expect(isPlain([{ path, includes: directory }], 'cp1')).toBe(effect === 'none')
      rmSync(directory, { recursive: true })
    },
  )

  it('that is refused is one of several that are told at once', async () => {
    const settings = new Map(['RemoteCommand', 'BindAddress'].map((name) => [name.toLowerCase(), ['x']]))
    const error: unknown = await resolveRoute(target, async () => settings).catch((caught: unknown) => caught)
    expect((error as UserError).problems).toHaveLength(2)
  })

  it('that is not known is told of, with its value', async () => {
    const told: string[] = []
    const settings = new Map([['newkeyword', ['one', 'two']]])
    await resolveRoute(
      target,
      async () => settings,
      (name, value) => told.push(`${name}=${value}`),
    )
    expect(told).toEqual(['newkeyword=one two'])
  })
})

it('that only a newer ssh has is told of once a run', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ssh-keywords-'))
  const notices: Notice[] = []
  const before = process.env.PATH
  // The real ssh, and a setting that it does not have yet.
  const ssh = `case "$*" in *-F\\ /dev/null*) ;; *) echo QuantumLink yes ;; esac\nPATH=${before} exec ssh "$@"\n`
  writeFileSync(join(directory, 'ssh'), `#!/bin/sh\n${ssh}`, { mode: 0o755 })
  writeFileSync(join(directory, 'config'), 'Port 22')
  process.env.PATH = directory
  try {
    const transport = createSshTransport({
      knownHostsFile: join(directory, 'known_hosts'),
      sshConfigFile: join(directory, 'config'),
      onNotice: (notice) => notices.push(notice),
    })
    await transport.check([target, { ...target, name: 'w1', address: 'w1' }])
  } finally {
    process.env.PATH = before
    rmSync(directory, { recursive: true })
  }
  expect(notices).toEqual([
    { host: expect.any(String), kind: 'ssh-setting-unknown', keyword: 'quantumlink', value: 'yes' },
  ])
  expect(notices.map(describeNotice)[0]).toMatch(/has quantumlink yes, which provision does not know/)
})

it('of the ssh that is installed is known', () => {
  const text = execFileSync('ssh', ['-G', '-T', '-F', '/dev/null', 'cp1'], { encoding: 'utf8' })
  const printed = text.split('\n').flatMap((line) => line.split(' ')[0]?.toLowerCase() || [])
  expect(printed.length).toBeGreaterThan(50)
  expect(printed.filter((name) => !keywords.has(name))).toEqual([])
})

it('of the manual that is installed is known', () => {
  // Without a manual on this machine the samples are all there is to compare with.
  const page = execFileSync('sh', ['-c', 'gzip -dc /usr/share/man/man5/ssh_config.5.gz 2>/dev/null || :'], {
    encoding: 'utf8',
  })
  const names = [...page.matchAll(/^\.It Cm ([A-Z]\w+)$/gm)].flatMap(([, name]) => name ?? [])
  expect(names.filter((name) => !keywords.has(name.toLowerCase()))).toEqual([])
})
