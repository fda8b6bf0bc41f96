import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../src/transport/notice.ts'
import { RefusedError } from '../../src/transport/refusal.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Target } from '../../src/transport/transport.ts'
import { makeKey, type Sshd, startSshd } from './sshd.ts'

let sshd: Sshd
let notices: Notice[] = []
const home = process.env.HOME

beforeAll(async () => {
  sshd = await startSshd()
  process.env.HOME = sshd.directory
  execFileSync('mkdir', [sshd.file('.ssh')])
})
afterAll(async () => {
  process.env.HOME = home
  await sshd.stop()
})
beforeEach(() => {
  notices = []
  rmSync(pins(), { force: true, recursive: true })
  rmSync(sshd.file('.ssh/known_hosts'), { force: true })
})

const pins = (): string => sshd.file('.provision/lab/known_hosts')
const name = (): string => `[127.0.0.1]:${sshd.port}`
const hostKey = (): string => readFileSync(sshd.file('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
const shown = (): string =>
  execFileSync('ssh-keygen', ['-lf', sshd.file('host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? ''

async function visit(over: Partial<Target> = {}): Promise<void> {
  const transport = createSshTransport({ knownHostsFile: pins(), onNotice: (notice) => notices.push(notice) })
  await (await transport.open(sshd.target(over), { timeout: 30 })).close()
}

async function refusal(over: Partial<Target> = {}): Promise<string> {
  const error: unknown = await visit(over).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RefusedError)
  return `${(error as RefusedError).message} | ${(error as RefusedError).hint}`
}

function otherKey(): string {
  makeKey(sshd.file('other'))
  return readFileSync(sshd.file('other.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
}

describe('a host key', () => {
  it('is pinned at first contact and known ever after', async () => {
    await visit()
    expect(notices).toEqual([{ host: 'n1', kind: 'host-key-pinned', fingerprint: shown(), file: pins() }])
    expect(readFileSync(pins(), 'utf8')).toBe(`${name()} ${hostKey()}\n`)
    expect(statSync(pins()).mode & 0o777).toBe(0o600)
    await visit({ hostKeys: 'strict' })
    expect(notices.length).toBe(1)
    // OpenSSH reads the file as we do.
    expect(execFileSync('ssh-keygen', ['-F', name(), '-f', pins()], { encoding: 'utf8' })).toContain(hostKey())
  })

  it('that is unknown is refused where the inventory is strict', async () => {
    expect(await refusal({ hostKeys: 'strict' })).toMatch(/its host key SHA256:\S+ is not known \| compare it/)
    expect(() => readFileSync(pins())).toThrow()
  })

  it.each([
    ['plain', false],
    ['hashed', true],
  ])('is taken from ~/.ssh/known_hosts: %s', async (_kind, hashed) => {
    writeFileSync(sshd.file('.ssh/known_hosts'), `# mine\n${name()},example ${hostKey()} comment\n`)
    if (hashed) execFileSync('ssh-keygen', ['-q', '-H', '-f', sshd.file('.ssh/known_hosts')], { stdio: 'ignore' })
    await visit({ hostKeys: 'strict' })
    expect(notices).toEqual([])
  })

  it('that has changed is refused, with where the old one stands', async () => {
    await visit()
    writeFileSync(pins(), `\n${name()} ${otherKey()}\n`)
    expect(await refusal()).toMatch(
      /its host key has changed: ssh-ed25519 SHA256:\S+ was known \(\S+known_hosts:2\), now it is SHA256:\S+ \| .*ssh-keygen -R '\[127/,
    )
    // What the hint says helps.
    execFileSync('ssh-keygen', ['-R', name(), '-f', pins()], { stdio: 'ignore' })
    await visit()
  })

  it('of another type than the known one is refused as changed', async () => {
    makeKey(sshd.file('ecdsa'), '', 'ecdsa')
    const ecdsa = readFileSync(sshd.file('ecdsa.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
    writeFileSync(sshd.file('.ssh/known_hosts'), `${name()} ${ecdsa}\n`)
    expect(await refusal()).toMatch(/its host key has changed: ecdsa-sha2-nistp256/)
  })

  it('is known by its alias, and by the files that ssh_config names', async () => {
    const config = sshd.file('ssh_config')
    writeFileSync(config, `HostKeyAlias The-One\nUserKnownHostsFile ${sshd.file('elsewhere')}\n`)
    const strict = async (): Promise<void> => {
      const transport = createSshTransport({ knownHostsFile: pins(), sshConfigFile: config })
      await (await transport.open(sshd.target({ hostKeys: 'strict' }), { timeout: 30 })).close()
    }
    writeFileSync(sshd.file('.ssh/known_hosts'), `the-one ${hostKey()}\n`)
    await expect(strict()).rejects.toThrow(/is not known/)
    writeFileSync(sshd.file('elsewhere'), `${name()} ${hostKey()}\n`)
    await expect(strict()).rejects.toThrow(/is not known/)
    writeFileSync(sshd.file('elsewhere'), `the-one ${hostKey()}\n`)
    await strict()
  })

  it('that is unknown is refused where ssh_config is strict, in an included file, too', async () => {
    const config = sshd.file('ssh_config')
    writeFileSync(sshd.file('included'), 'Host 127.*\n  StrictHostKeyChecking yes\n')
    writeFileSync(config, `Include ${sshd.file('included')}\n`)
    const transport = createSshTransport({ knownHostsFile: pins(), sshConfigFile: config })
    await expect(transport.open(sshd.target(), { timeout: 30 })).rejects.toThrow(/is not known/)
  })

  it.each(['*', '127.*,[127.*]:*', '[127.0.0.1]:*'])(
    'of a host that a certificate authority vouches for is not pinned: %s',
    async (hosts) => {
      writeFileSync(sshd.file('.ssh/known_hosts'), `@cert-authority ${hosts} ${otherKey()}\n`)
      expect(await refusal()).toMatch(/is not known, and host certificates \(\S+known_hosts:1\) are not supported/)
      appendFileSync(sshd.file('.ssh/known_hosts'), `${name()} ${hostKey()}\n`)
      await visit()
      rmSync(sshd.file('.ssh/known_hosts'))
      writeFileSync(sshd.file('.ssh/known_hosts'), `@cert-authority *.example.com ${otherKey()}\n`)
      await visit()
    },
  )

  it('that is revoked is refused, known or not', async () => {
    await visit()
    appendFileSync(pins(), `@revoked * ${hostKey()}\n`)
    expect(await refusal()).toMatch(/its host key SHA256:\S+ is revoked \(\S+known_hosts:2\)/)
  })
})

it('asks for the key by which a host is known, not for the best it has', async () => {
  const key = sshd.file('rsa')
  makeKey(key, '', 'rsa')
  const both = await startSshd({ settings: [`HostKey ${key}`] })
  const rsa = readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
  writeFileSync(both.file('known_hosts'), `[127.0.0.1]:${both.port} ${rsa}\n`)
  const transport = createSshTransport({ knownHostsFile: both.file('known_hosts') })
  await (await transport.open(both.target({ hostKeys: 'strict' }), { timeout: 30 })).close()
  await both.stop()
})
