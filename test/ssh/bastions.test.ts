import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Jump } from '../../src/inventory/hosts/jump.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Target } from '../../src/transport/transport.ts'
import { makeKey, type Sshd, startSshd } from './sshd.ts'

// Two bastions with a key and a password of their own, and a host that takes neither.

const password = 'of the bastion'
const logins = ['ops@corp', 'ops#web1#10.0.0.1', 'CORP\\ops', 'ops@root@10.0.0.11', 'CORP+ops', 'ops.x-1']
let host: Sshd
let first: Sshd
let second: Sshd
const { HOME: homeBefore, SSH_AUTH_SOCK: socketBefore } = process.env

beforeAll(async () => {
  host = await startSshd({ accounts: logins.map((name) => ({ name })) })
  first = await startSshd({ accounts: [{ name: 'keyed' }] })
  second = await startSshd({ settings: ['PubkeyAuthentication no'], accounts: [{ name: 'pw', password }] })
  process.env.HOME = host.directory
  delete process.env.SSH_AUTH_SOCK
  makeKey(host.file('bastion'))
  writeFileSync(first.file('authorized_keys'), readFileSync(host.file('bastion.pub')))
})
afterAll(async () => {
  process.env.HOME = homeBefore
  if (socketBefore !== undefined) process.env.SSH_AUTH_SOCK = socketBefore
  for (const each of [host, first, second]) await each.stop()
})

async function open(jump: readonly Jump<string>[] | undefined, over: Partial<Target> = {}, config = ''): Promise<void> {
  writeFileSync(host.file('ssh_config'), config)
  const transport = createSshTransport({ knownHostsFile: host.file('pins'), sshConfigFile: host.file('ssh_config') })
  await (await transport.open(host.target({ jump, ...over }), { timeout: 30 })).close()
}

const keyed = () => ({ address: '127.0.0.1', port: first.port, user: 'keyed', identityFile: host.file('bastion') })
const byPassword = () => ({ address: '127.0.0.1', port: second.port, user: 'pw', password })
const alias = () =>
  `Host door\n HostName 127.0.0.1\n Port ${first.port}\n User keyed\n IdentityFile ${host.file('bastion')}\n`

describe('a bastion', () => {
  const ways: readonly (readonly [string, () => Parameters<typeof open>])[] = [
    ['with a key of its own', () => [[keyed()]]],
    ['with a key of its own in ssh_config', () => [[{ address: 'door' }], {}, alias()]],
    ['of ssh_config alone', () => [undefined, {}, `${alias()}Match !originalhost door\n ProxyJump door\n`]],
    ['with a password', () => [[byPassword()]]],
    ['behind another', () => [[keyed(), byPassword()]]],
    ['before another', () => [[byPassword(), keyed()]]],
    ['behind one of ssh_config', () => [[{ address: 'door' }, byPassword()], {}, alias()]],
  ]
  it.each(ways)('%s', async (_what, how) => {
    await open(...how())
  })

  const refused: readonly (readonly [string, () => Parameters<typeof open>, RegExp])[] = [
    [
      'is not given the password of the host',
      () => [[{ ...byPassword(), password: undefined }], { password }],
      /rejects the login of pw: tried \S+\/user/,
    ],
    [
      'does not take another key',
      () => [[{ ...keyed(), identityFile: host.file('user') }]],
      /rejects the login of keyed: tried \S+\/user$/,
    ],
    [
      'is told where its key is missing',
      () => [[{ ...keyed(), identityFile: host.file('none') }]],
      /identity file \S+\/none does not exist/,
    ],
  ]
  it.each(refused)('%s', async (_what, how, message) => {
    await expect(open(...how())).rejects.toThrow(message)
  })
})

it.each(logins)('a login of the form %s', async (user) => {
  // It is let in as that account, which may not use sudo.
  await expect(open(undefined, { user })).rejects.toThrow(/its user may not use sudo|requires a password/)
  await expect(open([keyed()], { user })).rejects.toThrow(/its user may not use sudo|requires a password/)
})
