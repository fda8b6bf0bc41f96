import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { UnreachableError, UserError } from '../../src/errors.ts'
import type { Notice } from '../../src/transport/notice.ts'
import { createSshTransport, type SshOptions } from '../../src/transport/ssh.ts'
import type { Session, Target } from '../../src/transport/transport.ts'
import { collect, counted, counting } from './programs.ts'
import { startProxy } from './proxy.ts'
import { freePort, makeKey, type Sshd, startSshd, subdirectory } from './sshd.ts'

let sshd: Sshd
const { SSH_AUTH_SOCK: socketBefore, HOME: homeBefore } = process.env

beforeAll(async () => {
  sshd = await startSshd()
  process.env.HOME = sshd.directory // none of the developer's own keys and settings
  delete process.env.SSH_AUTH_SOCK
})
afterEach(() => {
  delete process.env.SSH_AUTH_SOCK
})
afterAll(async () => {
  if (socketBefore !== undefined) process.env.SSH_AUTH_SOCK = socketBefore
  process.env.HOME = homeBefore
  await sshd.stop()
})

function open(over: Partial<Target> = {}, options: Partial<SshOptions> = {}): Promise<Session> {
  const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), ...options })
  return transport.open(sshd.target(over), { timeout: 30 })
}

async function failure(
  over: Partial<Target>,
  options: Partial<SshOptions> = {},
): Promise<UserError | UnreachableError> {
  const error: unknown = await open(over, options).catch((caught: unknown) => caught)
  if (error instanceof UserError || error instanceof UnreachableError) return error
  throw new Error(`expected a refusal, got ${String(error)}`)
}

describe('an identity file', () => {
  it('that does not exist is an error with a suggestion', async () => {
    makeKey(`${subdirectory(sshd, 'keys')}/id_ed25519`)
    const error = await failure({ identityFile: sshd.file('keys/id_ed25519x') })
    expect(error).toBeInstanceOf(UserError)
    expect(error.message).toMatch(/keys\/id_ed25519x does not exist\n {2}hint: did you mean \S+keys\/id_ed25519\?/)
  })

  it('that is the public half is an error', async () => {
    const error = await failure({ identityFile: sshd.file('user.pub') })
    expect(error.message).toMatch(
      /holds a public key, and no .*\n {2}hint: add the private key to an agent, or set its file, .* \S+\/user$/,
    )
  })

  it('that the host does not accept is named', async () => {
    makeKey(sshd.file('stranger'))
    const error = await failure({ identityFile: sshd.file('stranger') })
    expect(error.message).toMatch(/rejects the login of root: tried \S+\/stranger$/)
    expect((await failure({ identityFile: undefined })).message).toMatch(
      /nothing to try: no agent, no key, no password/,
    )
  })

  it('that is encrypted needs an agent, and works with one', async () => {
    execFileSync('cp', [sshd.file('user'), sshd.file('locked')])
    execFileSync('ssh-keygen', ['-q', '-p', '-N', 'passphrase', '-f', sshd.file('locked')], { stdio: 'ignore' })
    const error = await failure({ identityFile: sshd.file('locked') })
    expect(error.message).toMatch(/is encrypted, and no ssh-agent holds its key\n {2}hint: .*ssh-add \S+\/locked/)
    await withAgent(async () => (await open({ identityFile: sshd.file('locked') })).close())
  })
})

it('an agent is asked, and one that is gone does no harm', async () => {
  await withAgent(async () => (await open({ identityFile: undefined })).close())
  process.env.SSH_AUTH_SOCK = sshd.file('agent.sock')
  await (await open()).close()
})

it('an agent that takes connections and says nothing is told of once, and keeps nobody waiting', async () => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(sshd.file('silent.sock'), resolve))
  process.env.SSH_AUTH_SOCK = sshd.file('silent.sock')
  const notices: Notice[] = []
  const transport = createSshTransport({
    knownHostsFile: sshd.file('known_hosts'),
    sshConfigFile: '/nonexistent',
    onNotice: (notice) => notices.push(notice),
  })
  const interrupt = new AbortController()
  const interrupted = transport.open(sshd.target(), { timeout: 600, signal: interrupt.signal })
  interrupt.abort(new Error('interrupted'))
  await expect(interrupted).rejects.toThrow('interrupted')
  const opening = ['n1', 'n2'].map((name) => transport.open(sshd.target({ name }), { timeout: 30 }))
  for (const session of await Promise.all(opening)) await session.close()
  expect(notices.filter(({ kind }) => kind === 'agent-silent')).toHaveLength(1)
  silent.close()
})

async function withAgent(action: () => Promise<void>): Promise<void> {
  const socket = sshd.file('agent.sock')
  const agent: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(agent.stdout as NodeJS.ReadableStream, 'data')
  execFileSync('ssh-add', ['-q', sshd.file('user')], {
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    stdio: 'ignore',
  })
  process.env.SSH_AUTH_SOCK = socket
  await action()
  agent.kill()
  await once(agent, 'exit')
}

describe('what ssh_config says of keys', () => {
  const config = (text: string): Partial<SshOptions> => {
    writeFileSync(sshd.file('ssh_config'), text)
    return { sshConfigFile: sshd.file('ssh_config') }
  }
  const unnamed = { identityFile: undefined }

  it('counts: an agent of its own, and none', async () => {
    await withAgent(async () => {
      delete process.env.SSH_AUTH_SOCK
      await (await open(unnamed, config(`IdentityAgent ${sshd.file('agent.sock')}`))).close()
      process.env.SSH_AUTH_SOCK = sshd.file('agent.sock')
      expect((await failure(unnamed, config('IdentityAgent none'))).message).toMatch(/nothing to try/)
    })
  })

  it('counts: only the keys that it names, of the agent, too', async () => {
    makeKey(sshd.file('stranger'))
    await withAgent(async () => {
      // The public half names a key that the agent holds.
      const named = `IdentitiesOnly yes\nIdentityFile ${sshd.file('user.pub')}`
      await (await open(unnamed, config(named))).close()
      const error = await failure(unnamed, config(`IdentitiesOnly yes\nIdentityFile ${sshd.file('stranger')}`))
      expect(error.message).toMatch(/rejects the login of root: tried \S+\/stranger$/)
    })
  })

  it('is no error where one of several is missing', async () => {
    const both = `IdentityFile ${sshd.file('none')}\nIdentityFile ${sshd.file('user')}`
    await (await open(unnamed, config(both))).close()
  })

  it('is refused before any host is contacted, all of it at once', async () => {
    const transport = createSshTransport({
      knownHostsFile: sshd.file('known_hosts'),
      ...config('Host a b\n ProxyCommand nc %h %p\nHost c\n RevokedHostKeys /x'),
    })
    const targets = ['a', 'b', 'c', 'd'].map((address) => sshd.target({ name: address, address }))
    const error = await transport.check(targets).catch((caught: unknown) => caught)
    expect((error as UserError).problems.map((one) => one.message)).toEqual([
      expect.stringMatching(/has ProxyCommand for a/),
      expect.stringMatching(/has ProxyCommand for b/),
      expect.stringMatching(/has RevokedHostKeys for c/),
    ])
    await transport.check(targets.slice(3))
  })
})

describe('a way to the host', () => {
  it('is taken from ssh_config', async () => {
    writeFileSync(
      sshd.file('ssh_config'),
      `Host somewhere\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User root\n  IdentityFile ~/user\nHost *\n  User nobody\n`,
    )
    const over = { address: 'somewhere', port: undefined, user: '', identityFile: undefined }
    await (await open(over, { sshConfigFile: sshd.file('ssh_config') })).close()
  })

  it('leads over a jump host, which one connection serves for all', async () => {
    const jump = await startSshd()
    execFileSync('cp', [sshd.file('authorized_keys'), jump.file('authorized_keys')])
    const door = await startProxy(jump.port)
    const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
    const target = sshd.target({ jump: [{ address: '127.0.0.1', user: 'root', port: door.port }] })
    const sessions = await Promise.all(
      [1, 2, 3].map((n) => transport.open({ ...target, name: `n${n}` }, { timeout: 30 })),
    )
    expect(await collect(sessions[0] as Session, counting(3, 0))).toEqual(counted(3))
    expect(door.accepted).toBe(1)
    expect(sessions[0]?.traffic).toMatchObject({ connections: 1, execs: 1 })
    expect(sessions[0]?.traffic.bytesSent).toBeGreaterThan(1000)

    // A bastion that drops us is no loss either.
    const events = collect(sessions[1] as Session, counting(30, 0.05), (_event, index) => {
      if (index === 3) door.reset()
    })
    expect(await events).toEqual(counted(30))
    await Promise.all(sessions.map((session) => session.close()))
    await door.stop()
    await jump.stop()
  })

  it('leads over a jump host for who has time, though who came first had none', async () => {
    const slow = await startProxy(sshd.port, 300)
    const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
    const target = sshd.target({ jump: [{ address: '127.0.0.1', user: 'root', port: slow.port }] })
    const hasty = transport.open({ ...target, name: 'n1' }, { timeout: 0.5 })
    const patient = transport.open({ ...target, name: 'n2' }, { timeout: 60 })
    await expect(hasty).rejects.toThrow(/timeout after 1 s/)
    await (await patient).close()
    expect(slow.accepted).toBe(1)
    await slow.stop()
  })

  it('that is closed says so', async () => {
    const port = await freePort()
    const error = await failure({ port })
    expect(error.message).toMatch(/connection refused by 127\.0\.0\.1:/)
    expect((await failure({ address: 'no-such-host.invalid' })).message).toMatch(/no-such-host\.invalid/)
  })
})

it.each([8, 20])('opens 20 sessions at once though sshd takes few (%s handshakes at a time)', async (maxHandshakes) => {
  const strict = await startSshd({ settings: ['MaxStartups 3:30:10'] })
  const transport = createSshTransport({
    knownHostsFile: strict.file('known_hosts'),
    sshConfigFile: '/nonexistent',
    maxHandshakes,
  })
  const names = Array.from({ length: 20 }, (_, index) => `n${index + 1}`)
  const sessions = await Promise.all(names.map((name) => transport.open(strict.target({ name }), { timeout: 60 })))
  expect(await Promise.all(sessions.map((session) => collect(session, counting(2, 0.1))))).toEqual(
    names.map(() => counted(2)),
  )
  await Promise.all(sessions.map((session) => session.close()))
  expect(strict.shell('ls /run')).not.toContain('provision')
  await strict.stop()
})

it('an operator who interrupts is not kept waiting', async () => {
  const mute = await startProxy(sshd.port, 600_000)
  const interrupt = new AbortController()
  const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
  const opening = transport.open(sshd.target({ port: mute.port }), { timeout: 600, signal: interrupt.signal })
  setTimeout(() => interrupt.abort(new Error('interrupted')), 200)
  await expect(opening).rejects.toThrow('interrupted')
  await mute.stop()
})
