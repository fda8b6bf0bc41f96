import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { test as base, describe, expect, vi } from 'vitest'
import { parse } from 'yaml'
import { shells } from './harness.ts'

const script = new URL('../../scripts/names/resolver.sh', import.meta.url).pathname
const where = ['prod.internal', '10.0.0.11', '10.0.0.12', '10.0.0.13']

interface Case {
  readonly name: string
  readonly given: string
  readonly merged: string
  readonly own: string
}

const cases = parse(readFileSync(new URL('cases/resolver.yaml', import.meta.url), 'utf8')) as readonly Case[]

/** A host made of a few directories. */
const it = base.extend<{ root: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
  root: async ({}, use) => {
    const root = mkdtempSync(join(tmpdir(), 'provision-resolver-'))
    for (const directory of ['etc', 'run']) mkdirSync(join(root, directory))
    await use(root)
    rmSync(root, { recursive: true })
  },
})

describe.each(shells)('under %s', (shell) => {
  const [program = '', ...words] = shell.split(' ')
  const text = (how: string, input: string) =>
    execFileSync(program, [...words, script, how, ...where], { input, encoding: 'utf8' })
  const run = (root: string, how: string) => {
    const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}`, PROVISION_ROOT: root }
    const { status, stderr } = spawnSync(program, [...words, script, how, ...where], { env, encoding: 'utf8' })
    return { status, stderr }
  }

  it.each(cases)('$name', ({ given, merged, own }) => {
    const made = text('merged', given)
    expect(withoutMarkers(made)).toBe(merged)
    expect(text('merged', made)).toBe(made)
    expect(text('strip', made)).toBe(given)
    expect(text('own', given)).toBe(own)
    expect(text('own', made)).toBe(own)
  })

  it('what others rewrite is set again, however often', async ({ root }) => {
    const file = join(root, 'etc/resolv.conf')
    writeFileSync(file, 'nameserver 192.0.2.1\n')
    const env = { ...process.env, PROVISION_ROOT: root }
    const watching = spawn(program, [...words, script, 'watch', ...where], { env, detached: true })
    // What pods are given comes a moment after the rest.
    const isSet = (given: string) =>
      readFileSync(file, 'utf8') === text('merged', given) &&
      existsSync(join(root, 'etc/kubernetes/resolv.conf')) &&
      pods(root) === given
    const set = (given: string) => vi.waitUntil(() => isSet(given), { timeout: 20_000 })
    try {
      await set('nameserver 192.0.2.1\n')
      for (let last = 20; last < 40; last++) {
        writeFileSync(file, `nameserver 192.0.2.${last}\n`)
        await setTimeout(100)
      }
      // One of them may have fallen between a look and the word that follows it; the next one is seen all the same.
      await vi.waitUntil(() => readFileSync(file, 'utf8').includes('provision:names'), { timeout: 20_000 })
      await setTimeout(3000)
      writeFileSync(file, 'nameserver 192.0.2.40\n')
      await set('nameserver 192.0.2.40\n')
      mkdirSync(join(root, 'run/resolvconf'))
      writeFileSync(join(root, 'run/resolvconf/resolv.conf'), 'nameserver 192.0.2.1\n')
      symlinkSync('../run/resolvconf/resolv.conf', join(root, 'etc/new'))
      renameSync(join(root, 'etc/new'), file)
      await set('nameserver 192.0.2.1\n')
    } finally {
      process.kill(-(watching.pid ?? 0))
    }
  })

  it('what is rewritten between the look and the word is not written over', ({ root }) => {
    const file = join(root, 'etc/resolv.conf')
    writeFileSync(file, 'nameserver 192.0.2.1\n')
    mkdirSync(join(root, 'bin'))
    const sync = `#!/bin/sh\n[ -e ${root}/once ] || { : >${root}/once; echo nameserver 192.0.2.2 >${file}; }\n`
    writeFileSync(join(root, 'bin/sync'), sync, { mode: 0o755 })
    expect(run(root, 'apply')).toEqual({ status: 0, stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe(text('merged', 'nameserver 192.0.2.2\n'))
    expect(pods(root)).toBe('nameserver 192.0.2.2\n')
  })

  it('a file: set, found to be so, kept when others rewrite it, and put back', ({ root }) => {
    const file = join(root, 'etc/resolv.conf')
    writeFileSync(file, 'nameserver 192.0.2.1\n', { mode: 0o640 })
    expect(run(root, 'check').status).toBe(1)
    expect(run(root, 'apply')).toEqual({ status: 0, stderr: '' })
    expect(run(root, 'check').status).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(text('merged', 'nameserver 192.0.2.1\n'))
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(pods(root)).toBe('nameserver 192.0.2.1\n')

    writeFileSync(file, 'nameserver 192.0.2.9\n')
    expect(run(root, 'check').status).toBe(1)
    expect(run(root, 'apply').status).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(text('merged', 'nameserver 192.0.2.9\n'))
    expect(pods(root)).toBe('nameserver 192.0.2.9\n')

    writeFileSync(join(root, 'etc/kubernetes/resolv.conf'), 'nameserver 203.0.113.1\n')
    expect(run(root, 'check').status).toBe(1)
    expect(run(root, 'apply').status).toBe(0)

    expect(run(root, 'remove').status).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe('nameserver 192.0.2.9\n')
    expect(run(root, 'remove').status).toBe(0)
    expect(readdirSync(join(root, 'etc')).sort()).toEqual(['kubernetes', 'resolv.conf'])
  })

  it('a link: what it leads to is written, and it stays a link', ({ root }) => {
    mkdirSync(join(root, 'run/resolvconf'))
    writeFileSync(join(root, 'run/resolvconf/resolv.conf'), 'nameserver 192.0.2.1\n')
    symlinkSync('../run/resolvconf/resolv.conf', join(root, 'etc/resolv.conf'))
    expect(run(root, 'apply').status).toBe(0)
    expect(run(root, 'check').status).toBe(0)
    expect(lstatSync(join(root, 'etc/resolv.conf')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(root, 'run/resolvconf/resolv.conf'), 'utf8')).toContain('nameserver 10.0.0.11')
    expect(run(root, 'remove').status).toBe(0)
    expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8')).toBe('nameserver 192.0.2.1\n')
  })

  it('no file: one is made', ({ root }) => {
    expect(run(root, 'check').status).toBe(1)
    expect(run(root, 'apply').status).toBe(0)
    expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8')).toBe(text('merged', ''))
    expect(run(root, 'check').status).toBe(0)
  })

  it('a link to where nothing is: refused, with where it leads', ({ root }) => {
    symlinkSync('../run/gone/resolv.conf', join(root, 'etc/resolv.conf'))
    for (const how of ['check', 'apply']) {
      const { status, stderr } = run(root, how)
      expect(status).toBe(2)
      expect(stderr).toContain('/etc/resolv.conf leads to ../run/gone/resolv.conf, where there is nothing')
    }
    expect(existsSync(join(root, 'run/gone'))).toBe(false)
    expect(run(root, 'remove').status).toBe(0)
  })

  it.for([
    ['files resolve [!UNAVAIL=return] dns', 0, 2],
    ['files dns resolve', 0, 2],
    ['files resolve dns', 3, 1],
    ['files dns myhostname', 0, 1],
    ['files resolver dns', 0, 1],
  ] as const)(
    'a file, and programs that ask %s where systemd-resolved is-active says %d: %d',
    ([ask, active, status], { root }) => {
      writeFileSync(join(root, 'etc/resolv.conf'), 'nameserver 192.0.2.1\n')
      writeFileSync(join(root, 'etc/nsswitch.conf'), `passwd: files\nhosts:\t${ask}\n`)
      mkdirSync(join(root, 'bin'))
      writeFileSync(join(root, 'bin/systemctl'), `#!/bin/sh\nexit ${active}\n`, { mode: 0o755 })
      expect(run(root, 'check').status).toBe(status)
      expect(run(root, 'apply').status).toBe(status === 2 ? 2 : 0)
      expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8').includes('10.0.0.11')).toBe(status !== 2)
    },
  )

  it('a temporary file that a crash left is in nobody’s way', ({ root }) => {
    writeFileSync(join(root, 'etc/resolv.conf'), 'nameserver 192.0.2.1\n')
    writeFileSync(join(root, 'etc/.resolv.conf.provision'), 'half')
    expect(run(root, 'apply').status).toBe(0)
    expect(existsSync(join(root, 'etc/.resolv.conf.provision'))).toBe(false)
    expect(run(root, 'check').status).toBe(0)
  })
})

function pods(root: string): string {
  return readFileSync(join(root, 'etc/kubernetes/resolv.conf'), 'utf8')
}

function withoutMarkers(text: string): string {
  return text.replace(/^# (provision:names (begin|end)|Names of nodes.*)\n/gm, '')
}
