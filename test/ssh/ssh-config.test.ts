import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type UnreachableError, UserError } from '../../src/errors.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Target } from '../../src/transport/transport.ts'
import { makeKey, type Sshd, startSshd } from './sshd.ts'

// What ssh_config says of methods, algorithms and keys, as the real sshd sees it.

let sshd: Sshd
const { SSH_AUTH_SOCK: socketBefore, HOME: homeBefore } = process.env
const password = 'of ops'

beforeAll(async () => {
  sshd = await startSshd({
    accounts: [{ name: 'ops', password, sudo: 'ALL=(ALL) NOPASSWD: ALL' }],
    settings: ['LogLevel DEBUG1', 'HostKey /run/rsa'],
    prepare: 'ssh-keygen -q -t rsa -b 2048 -N "" -f /run/rsa',
  })
  process.env.HOME = sshd.directory
  delete process.env.SSH_AUTH_SOCK
  makeKey(sshd.file('stranger'))
  makeKey(sshd.file('rsa'), '', 'rsa')
  appendFileSync(sshd.file('authorized_keys'), readFileSync(sshd.file('rsa.pub')))
})
afterEach(() => {
  delete process.env.SSH_AUTH_SOCK
})
afterAll(async () => {
  if (socketBefore !== undefined) process.env.SSH_AUTH_SOCK = socketBefore
  process.env.HOME = homeBefore
  await sshd.stop()
})

/** Logs in once; resolves with what sshd logged of it, which an error has as its `log`. */
async function open(config: string, over: Partial<Target> = {}, to = sshd): Promise<string> {
  const before = to.log().length
  const logged = async (): Promise<string> => {
    await vi.waitFor(() =>
      expect(to.log().slice(before)).toMatch(/disconnect from|Connection (closed|reset) by|Unable to negotiate/),
    )
    return to.log().slice(before)
  }
  writeFileSync(sshd.file('ssh_config'), config)
  writeFileSync(sshd.file('pins'), '')
  const transport = createSshTransport({ knownHostsFile: sshd.file('pins'), sshConfigFile: sshd.file('ssh_config') })
  try {
    const target = to.target({ user: 'ops', identityFile: sshd.file('user'), ...over })
    await (await transport.open(target, { timeout: 30 })).close()
  } catch (error) {
    if (error instanceof UserError) throw error
    const { message, hint } = error as UnreachableError
    throw Object.assign(new Error(`${message} | ${hint}`), { log: await logged() })
  }
  return await logged()
}

async function refusal(
  config: string,
  over: Partial<Target> = {},
  to = sshd,
): Promise<{ message: string; log: string }> {
  const error: unknown = await open(config, over, to).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(Error)
  return { log: '', message: (error as Error).message, ...(error as object) }
}

describe('methods to log in', () => {
  it('are keys first, as usual', async () => {
    expect(await open('Compression yes', { password })).toMatch(/Accepted publickey for ops/)
  })

  it.each([
    ['PubkeyAuthentication no'],
    ['PreferredAuthentications password'],
    ['PreferredAuthentications gssapi-with-mic,password,publickey'],
  ])('are the password alone, or first: %s', async (config) => {
    const log = await open(config, { password })
    expect(log).toMatch(/Accepted password for ops/)
    expect(log).not.toMatch(/method publickey/)
  })

  it.each([
    ['PasswordAuthentication no', /; the password excluded by PasswordAuthentication or PreferredAuthentications/],
    ['PreferredAuthentications publickey', /; the password excluded by PasswordAuthentication .*; the password, at/],
  ])('never are the password: %s', async (config, left) => {
    const { message, log } = await refusal(config, { password, identityFile: sshd.file('stranger') })
    expect(message).toMatch(/rejects the login of ops: tried \S+\/stranger/)
    expect(message).toMatch(left)
    expect(log).toMatch(/method publickey/)
    expect(log).not.toMatch(/method password/)
  })

  it('never are keys, which is told of', async () => {
    const { message, log } = await refusal('PubkeyAuthentication no', { password: 'wrong' })
    expect(message).toMatch(/tried the password.*; keys excluded by PubkeyAuthentication/)
    expect(log).not.toMatch(/method publickey/)
  })

  it('that are all left out are an error before anything is contacted', async () => {
    const { message, log } = await refusal('PubkeyAuthentication no')
    expect(message).toMatch(/allows no login method for 127\.0\.0\.1: PubkeyAuthentication no/)
    expect(log).toBe('')
  })
})

describe('algorithms', () => {
  it('are those of ssh_config, its first choice first', async () => {
    const config = [
      'Ciphers aes256-ctr,aes128-ctr',
      'MACs hmac-sha2-512,hmac-sha2-256',
      'KexAlgorithms ecdh-sha2-nistp521,curve25519-sha256',
      'HostKeyAlgorithms rsa-sha2-256',
    ]
    const log = await open(config.join('\n'))
    expect(log).toMatch(/kex: algorithm: ecdh-sha2-nistp521/)
    expect(log).toMatch(/kex: host key algorithm: rsa-sha2-256/)
    expect(log).toMatch(/kex: client->server cipher: aes256-ctr MAC: hmac-sha2-512 /)
    expect(log).toMatch(/kex: server->client cipher: aes256-ctr MAC: hmac-sha2-512 /)
  })

  it('that a host has not are told with where they come from', async () => {
    const strict = await startSshd({ settings: ['Ciphers chacha20-poly1305@openssh.com'] })
    const { message } = await refusal('Ciphers aes256-ctr', {}, strict)
    expect(message).toMatch(/no matching .*cipher \| allow .*Ciphers.* of the ssh configuration/i)
    await strict.stop()
  })

  it.each(['rsa-sha2-256', 'rsa-sha2-512'])('of an RSA key are those that are accepted: %s', async (algorithm) => {
    const config = `PubkeyAcceptedAlgorithms ${algorithm}`
    const over = { identityFile: sshd.file('rsa') }
    expect(await open(config, over)).toMatch(new RegExp(`pkalg ${algorithm} `))
    await withAgent('rsa', async () => {
      expect(await open(config, { identityFile: undefined })).toMatch(new RegExp(`pkalg ${algorithm} `))
    })
  })
})

describe('a key', () => {
  const left = /\/rsa has a type that PubkeyAcceptedAlgorithms in the ssh configuration excludes/

  it('of a type that ssh_config leaves out is not offered', async () => {
    expect((await refusal('PubkeyAcceptedAlgorithms ssh-ed25519', { identityFile: sshd.file('rsa') })).message).toMatch(
      left,
    )
    const both = `IdentityFile ${sshd.file('rsa')}\nIdentityFile ${sshd.file('stranger')}\n`
    const { message, log } = await refusal(`${both}PubkeyAcceptedAlgorithms ssh-ed25519`, { identityFile: undefined })
    expect(message).toMatch(left)
    expect(log).not.toMatch(/pkalg (rsa|ssh-rsa)/)
  })

  it('of an agent is left out, too', async () => {
    await withAgent('rsa', async () => {
      const { message, log } = await refusal('PubkeyAcceptedAlgorithms ssh-ed25519', { identityFile: undefined })
      expect(message).toMatch(/ of ssh-agent has a type that PubkeyAcceptedAlgorithms/)
      expect(log).not.toMatch(/method publickey/)
    })
  })

  it('that is too short is not offered, nor believed of a host', async () => {
    const short = sshd.file('short')
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', short])
    expect((await refusal('RequiredRSASize 3072', { identityFile: short })).message).toMatch(
      /\/short is an RSA key of 2048 bits, and the ssh configuration requires 3072/,
    )
    expect((await refusal('RequiredRSASize 3072\nHostKeyAlgorithms rsa-sha2-512')).message).toMatch(
      /its host key SHA256:\S+ is an RSA key of 2048 bits, and the ssh configuration requires 3072/,
    )
    await open('RequiredRSASize 2048\nHostKeyAlgorithms rsa-sha2-512')
  })
})

async function withAgent(key: string, action: () => Promise<void>): Promise<void> {
  const socket = sshd.file('agent.sock')
  const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(agent.stdout as NodeJS.ReadableStream, 'data')
  process.env.SSH_AUTH_SOCK = socket
  execFileSync('ssh-add', ['-q', sshd.file(key)], { stdio: 'ignore' })
  try {
    await action()
  } finally {
    agent.kill()
    await once(agent, 'exit')
  }
}
