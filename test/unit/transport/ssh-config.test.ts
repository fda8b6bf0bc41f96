import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { parseJumps } from '../../../src/inventory/hosts/jump.ts'
import { isPlain } from '../../../src/transport/plain-host.ts'
import { createSshConfig } from '../../../src/transport/ssh-client.ts'
import { type Route, resolveRoute } from '../../../src/transport/ssh-config.ts'
import type { Target } from '../../../src/transport/transport.ts'

const plain: Target = { name: 'cp1', address: 'cp1', user: '', hostKeys: 'pin' }
const jump = (text: string) => ({ jump: parseJumps(text) ?? [] })
const secret = { password: 'secret' }
const keysOnly = { methods: ['publickey'] } as const
const me = userInfo().username
const all = mkdtempSync(join(tmpdir(), 'ssh-config-'))
const { PATH, FOO, SSH_AUTH_SOCK } = process.env
let place: string

beforeEach(() => {
  place = mkdtempSync(join(all, 'case-'))
  process.env.SSH_AUTH_SOCK = '/agent'
  process.env.FOO = '/of/foo'
})
afterEach(() => {
  for (const [name, value] of Object.entries({ PATH, FOO, SSH_AUTH_SOCK })) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})
afterAll(() => rmSync(all, { recursive: true }))

/** Writes a config; `@/` in it stands for its directory, and `### NAME` begins another file there. */
function write(text: string): string {
  const [own = '', ...others] = text.replace(/@(?=\/)/g, place).split(/^### /m)
  for (const other of others) {
    const [, name = '', content = ''] = /^(\S+)\n([\s\S]*)$/.exec(other) ?? []
    mkdirSync(join(place, name, '..'), { recursive: true })
    writeFileSync(join(place, name), content)
  }
  writeFileSync(join(place, 'config'), own)
  return join(place, 'config')
}

function route(over: Partial<Target>, config = ''): Promise<Route> {
  return resolveRoute({ ...plain, ...over }, createSshConfig(write(config)))
}

const cases: readonly (readonly [what: string, over: Partial<Target>, config: string, expected: Partial<Route>])[] = [
  [
    'nothing but the address',
    {},
    '',
    { address: 'cp1', port: 22, user: me, identityFiles: undefined, agent: '/agent', hostKeys: 'pin', via: undefined },
  ],
  ['the inventory alone', { user: 'ops', port: 2222 }, '', { user: 'ops', port: 2222 }],
  [
    'an alias',
    {},
    'Host cp1\n HostName 10.0.0.1\n User ops\n Port 2200',
    { address: '10.0.0.1', user: 'ops', port: 2200 },
  ],
  ['keywords in any case', {}, 'host cp1\n hostname 10.0.0.1\n USER ops', { address: '10.0.0.1', user: 'ops' }],
  ['an equals sign and quotes', {}, 'Host="cp1"\n User = "ops"\r\n Port=2200', { user: 'ops', port: 2200 }],
  ['a pattern', {}, 'Host cp*\n User ops', { user: 'ops' }],
  ['a pattern that leaves it out', {}, 'Host * !cp1\n User ops', { user: me }],
  ['another host', {}, 'Host w*\n User ops', { user: me }],
  ['what stands before the first host', {}, 'User ops\nHost w1\n Port 1', { user: 'ops', port: 22 }],
  ['the first value wins', {}, 'Host cp1\n User one\nHost *\n User two', { user: 'one' }],
  ['AddressFamily', {}, 'AddressFamily inet', { family: 4 }],
  ['AddressFamily inet6', {}, 'Host cp1\n AddressFamily inet6', { family: 6 }],
  ['AddressFamily any', {}, 'AddressFamily any', { family: undefined }],
  ['port 22 of the inventory', { port: 22 }, 'Host *\n Port 2200', { port: 22 }],
  ['the inventory wins', { user: 'ops', port: 2222 }, 'Host *\n User other\n Port 2200', { user: 'ops', port: 2222 }],
  ['%h', {}, 'Host *\n HostName %h.example.com', { address: 'cp1.example.com' }],
  ['Match host', {}, 'Match host w1,cp*\n User ops', { user: 'ops' }],
  ['Match !host', {}, 'Match !host cp1\n User ops', { user: me }],
  ['Match user, of the inventory', { user: 'ops' }, 'Match user ops\n Port 2200', { port: 2200 }],
  ['Match originalhost', {}, 'Host *\n HostName a.b\nMatch originalhost cp1 host a.b\n User ops', { user: 'ops' }],
  ['Match exec', {}, 'Match exec "test %h = cp1"\n User ops\nMatch exec false\n Port 1', { user: 'ops', port: 22 }],
  ['Match all', {}, 'Match all\n User ops', { user: 'ops' }],
  ['Match canonical', {}, 'Match canonical all\n User ops', { user: me }],
  ['Match final', {}, 'Match final host cp1\n User ops', { user: 'ops' }],
  ['Match localuser', {}, `Match localuser ${me}\n User ops`, { user: 'ops' }],
  ['an Include', {}, 'Include @/other\n### other\nHost cp1\n User ops', { user: 'ops' }],
  [
    'an Include of a directory',
    {},
    'Include @/d/*\n### d/1\nHost cp1\n Port 1\n### d/2\nUser ops',
    { user: 'ops', port: 1 },
  ],
  ['an Include of directories', {}, 'Include @/*/c\n### d/c\nHost cp1\n Port 1', { port: 1 }],
  ['an Include of one that is not there', {}, 'Include @/none @/no/*\nUser ops', { user: 'ops' }],
  ['an Include for another host', {}, 'Host w1\n Include @/other\n### other\nHost cp1\n User ops', { user: me }],
  [
    'an Include in an Include, and what follows it',
    {},
    'Host w1\n Port 1\nHost cp1\n Include @/a\n User ops\n### a\nHost w1\n Port 2\nHost *\n Include @/b\n### b\n Port 3',
    { user: 'ops', port: 3 },
  ],
  [
    'identity files',
    { user: 'ops' },
    'Host *\n IdentityFile ~/.ssh/a\n IdentityFile %d/%r-%h-%p-%n-%u-%%-%i-%l-%k\n IdentityFile ${FOO}/x',
    {
      identityFiles: [
        `${homedir()}/.ssh/a`,
        `${homedir()}/ops-cp1-22-cp1-${me}-%-${userInfo().uid}-${hostname()}-cp1`,
        '/of/foo/x',
      ],
      identitiesNamed: false,
    },
  ],
  ['a file with a blank in its name', {}, 'IdentityFile "/a b/c"', { identityFiles: ['/a b/c'] }],
  ['no identity file', {}, 'IdentityFile none', { identityFiles: [] }],
  [
    'the identity file of the inventory',
    { identityFile: '~/k' },
    'Host *\n IdentityFile ~/.ssh/a',
    { identityFiles: [`${homedir()}/k`], identitiesNamed: true },
  ],
  ['IdentitiesOnly', {}, 'IdentitiesOnly yes', { identitiesOnly: true }],
  ['IdentityAgent', {}, 'IdentityAgent /of/%r/agent', { agent: `/of/${me}/agent` }],
  ['IdentityAgent none', {}, 'IdentityAgent none', { agent: undefined }],
  ['IdentityAgent by a variable', {}, 'IdentityAgent $FOO', { agent: '/of/foo' }],
  ['IdentityAgent by a variable that is not set', {}, 'IdentityAgent $constructor', { agent: undefined }],
  ['IdentityAgent as usual', {}, 'IdentityAgent SSH_AUTH_SOCK', { agent: '/agent' }],
  ['HostKeyAlias', {}, 'HostKeyAlias The.Name', { hostKeyAlias: 'the.name' }],
  [
    'known_hosts files',
    {},
    'UserKnownHostsFile /a/%h /b\nGlobalKnownHostsFile none',
    { knownHostsFiles: ['/a/cp1', '/b'] },
  ],
  ['StrictHostKeyChecking yes', {}, 'StrictHostKeyChecking yes', { hostKeys: 'strict' }],
  ['StrictHostKeyChecking accept-new', {}, 'StrictHostKeyChecking accept-new', { hostKeys: 'pin' }],
  ['StrictHostKeyChecking no', { hostKeys: 'strict' }, 'StrictHostKeyChecking no', { hostKeys: 'strict' }],
  ['ProxyJump none', {}, 'Host *\n ProxyJump none', { via: undefined }],
  ['ProxyCommand none', {}, 'Host *\n ProxyCommand none', { via: undefined }],
  [
    'what does not matter here',
    {},
    'Host *\n SendEnv LANG\n ServerAliveInterval 5\n ControlMaster auto',
    { address: 'cp1', port: 22, user: me },
  ],
  ['a ProxyCommand where the inventory has a jump host', jump('b'), 'Host cp1\n ProxyCommand nc', { address: 'cp1' }],
  [
    'certificates',
    {},
    'CertificateFile ~/%r-cert.pub\nCertificateFile /c',
    { certificateFiles: [`${homedir()}/${me}-cert.pub`, '/c'] },
  ],
  [
    'a certificate for the key of the inventory',
    { identityFile: '/k' },
    'CertificateFile /c',
    { certificateFiles: ['/c'] },
  ],
  ['all methods', {}, 'PubkeyAuthentication yes', { methods: undefined }],
  ['all methods, bound to the host', {}, 'PubkeyAuthentication host-bound', { methods: undefined }],
  ['no keys', secret, 'PubkeyAuthentication no', { methods: ['password', 'keyboard-interactive'] }],
  ['no password', secret, 'PasswordAuthentication no', { methods: ['publickey', 'keyboard-interactive'] }],
  ['no password, for a key', {}, 'PasswordAuthentication no\nKbdInteractiveAuthentication no', keysOnly],
  ['no answers', secret, 'KbdInteractiveAuthentication no', { methods: ['publickey', 'password'] }],
  [
    'no answers, by an older name',
    secret,
    'ChallengeResponseAuthentication no',
    { methods: ['publickey', 'password'] },
  ],
  [
    'an order of methods, and what is switched off',
    secret,
    'PreferredAuthentications keyboard-interactive,gssapi-with-mic,password,publickey\nPasswordAuthentication no',
    { methods: ['keyboard-interactive', 'publickey'] },
  ],
  ['keys alone', {}, 'PreferredAuthentications publickey', keysOnly],
  [
    'a key of the inventory that is left out, beside a password',
    { ...secret, identityFile: '/k' },
    'PreferredAuthentications password',
    { methods: ['password'] },
  ],
  ['methods of another host', {}, 'Host b\n PubkeyAuthentication no', { methods: undefined }],
  ['usual algorithms', {}, 'Compression yes', { algorithms: {} }],
  [
    'algorithms, in their order, without those that the library lacks',
    {},
    [
      'Ciphers chacha20-poly1305@openssh.com,aes256-ctr',
      'MACs umac-128@openssh.com,hmac-sha2-512,hmac-sha2-256',
      'KexAlgorithms sntrup761x25519-sha512@openssh.com,ecdh-sha2-nistp521,curve25519-sha256',
      'HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512,ssh-ed25519',
      'PubkeyAcceptedAlgorithms ssh-ed25519,sk-ssh-ed25519@openssh.com',
      'RequiredRSASize 3072',
    ].join('\n'),
    {
      algorithms: {
        cipher: ['chacha20-poly1305@openssh.com', 'aes256-ctr'],
        hmac: ['hmac-sha2-512', 'hmac-sha2-256'],
        kex: ['ecdh-sha2-nistp521', 'curve25519-sha256'],
        serverHostKey: ['rsa-sha2-512', 'ssh-ed25519'],
        publicKey: ['ssh-ed25519', 'sk-ssh-ed25519@openssh.com'],
        rsaBits: 3072,
      },
    },
  ],
  [
    'algorithms taken out of the usual ones',
    {},
    'Ciphers -chacha20*,*-ctr',
    { algorithms: { cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] } },
  ],
  ['RemoteCommand of a bastion', jump('b'), 'Host b\n RemoteCommand true', { address: 'cp1' }],
  ['RemoteCommand none', {}, 'RemoteCommand none', { address: 'cp1' }],
]

describe('the way to a host', () => {
  it.each(cases)('%s', async (_what, over, config, expected) => {
    const found = await route(over, config)
    expect(found).toMatchObject(expected)
    // As ssh itself has it, whatever was passed over here as not concerning the host.
    const words = [
      ...(over.user ? ['-l', over.user] : []),
      ...(over.port ? ['-p', String(over.port)] : []),
      ...(over.jump ? ['-J', over.jump.map(({ address }) => address).join(',')] : []),
    ]
    const said = execFileSync('ssh', ['-G', '-T', '-F', join(place, 'config'), ...words, 'cp1'], { encoding: 'utf8' })
    const one = (key: string) => new RegExp(`^${key} (.*)$`, 'm').exec(said)?.[1]
    expect(found).toMatchObject({ address: one('hostname'), port: Number(one('port')), user: one('user') })
    expect(found.via?.address).toBe(one('proxyjump'))
  })

  it('leads over a jump host', async () => {
    const { via } = await route(jump('me@bastion.example.com:2022'))
    expect(via).toMatchObject({ address: 'bastion.example.com', user: 'me', port: 2022, via: undefined })
    expect((await route(jump('[fd00::1]:2022'))).via).toMatchObject({ address: 'fd00::1', port: 2022 })
  })

  it('leads over several, the nearest last', async () => {
    const config = 'Host cp*\n ProxyJump first,second\nHost second\n HostName 10.9.9.9\n User hop\n HostKeyAlias s'
    expect((await route({ user: 'ops' }, config)).via).toMatchObject({
      address: '10.9.9.9',
      user: 'hop',
      hostKeyAlias: 's',
      via: { address: 'first', via: undefined },
    })
  })

  it('takes no password of the host to the bastion', async () => {
    expect((await route({ password: 'secret', ...jump('bastion') })).via?.password).toBeUndefined()
  })

  const wrong: readonly (readonly [what: string, over: Partial<Target>, config: string, message: RegExp])[] = [
    ['a ProxyCommand', {}, 'Host *\n ProxyCommand nc %h %p', /has ProxyCommand for cp1.*\n {2}hint: use ProxyJump/],
    ['a ProxyCommand of an included file', {}, 'Include @/x\n### x\nProxyCommand nc', /has ProxyCommand for cp1/],
    ['a ProxyCommand before the bastion', jump('b'), 'Host b\n ProxyCommand nc', /has ProxyCommand for b/],
    ['a token', {}, 'PKCS11Provider /usr/lib/x.so', /has PKCS11Provider for cp1/],
    ['a command that knows keys', {}, 'KnownHostsCommand /bin/true %H', /has KnownHostsCommand for cp1/],
    ['keys that are revoked elsewhere', {}, 'RevokedHostKeys /etc/revoked', /has RevokedHostKeys for cp1/],
    ['keys by DNS', {}, 'VerifyHostKeyDNS yes', /has VerifyHostKeyDNS for cp1/],
    ['an address to come from', {}, 'BindAddress 10.0.0.1', /has BindAddress for cp1/],
    ['a session that leads on', {}, 'RemoteCommand ssh inner', /has RemoteCommand for cp1.*\n {2}hint: set it to none/],
    ['keys by Kerberos', {}, 'GSSAPIKeyExchange yes', /has GSSAPIKeyExchange for cp1/],
    [
      'no keys, and no password',
      {},
      'PubkeyAuthentication no',
      /no login method for cp1: PubkeyAuthentication no, and the inventory has no password\n {2}hint: allow .* ssh\.password$/,
    ],
    [
      'no keys, and one in the inventory',
      { identityFile: '/k' },
      'Host cp*\n PubkeyAuthentication no\n PreferredAuthentications password',
      /for cp1: PubkeyAuthentication no, PreferredAuthentications password, and the inventory has only a key\n/,
    ],
    [
      'no passwords, and one in the inventory',
      secret,
      'PasswordAuthentication no\nKbdInteractiveAuthentication no',
      /PasswordAuthentication no, KbdInteractiveAuthentication no, and the inventory has only a password\n/,
    ],
    [
      'nothing that is left',
      { ...secret, identityFile: '/k' },
      'PreferredAuthentications gssapi-with-mic,hostbased',
      /PreferredAuthentications gssapi-with-mic,hostbased, and the inventory has only a key and a password\n/,
    ],
    ['no keys for the bastion', jump('b'), 'Host b\n PubkeyAuthentication no', /no login method for b: /],
    ['a key exchange', {}, 'KexAlgorithms sntrup761x25519-sha512@openssh.com', /none of KexAlgorithms .* for cp1 is/],
    [
      'a MAC',
      {},
      'MACs umac-64@openssh.com',
      /none of MACs .* for cp1 .*: umac-64@openssh\.com\n {2}hint: allow one of/,
    ],
    ['a type of host key', {}, 'HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com', /none of HostKeyAlgorithms in/],
    ['a circle', {}, 'Host cp1\n ProxyJump b\nHost b\n ProxyJump cp1', /form a circle/],
    [
      'a word that ssh does not know',
      {},
      'StrictHostKeyCheking yes',
      /rejects its configuration for cp1: .*line 1: Bad/,
    ],
    ['a token without a meaning', {}, 'IdentityFile /a/%x', /%x in \/a\/%x .* has no value for cp1/],
    [
      'a variable of a name that every object has',
      {},
      'IdentityFile ${constructor}/a',
      /\$\{constructor\} in .* has no value/,
    ],
    ['a variable that is not set', {}, 'IdentityFile ${NO_SUCH}/a', /\$\{NO_SUCH\} in .* has no value/],
  ]
  it.each(wrong)('is refused: %s', async (_what, over, config, message) => {
    const error = await route(over, config).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toMatch(message)
  })

  it('is not asked for without an ssh client, unless the configuration concerns the host', async () => {
    process.env.PATH = place
    const config = 'Host *\n SendEnv LANG\nHost w1\n User ops'
    expect(await route({}, config)).toMatchObject({ address: 'cp1', user: me })
    await expect(route({ address: 'w1' }, config)).rejects.toThrow(
      /has settings for w1, and no ssh client is installed to read it\n {2}hint: install openssh-client/,
    )
  })
})

it.each([
  ['nothing', '', true],
  ['settings of another host', 'Host w1\n User ops\nHost *.example.com w?\n Port 2', true],
  ['what does not matter', 'SendEnv LANG\nHost *\n HashKnownHosts yes\n\n# User x\n', true],
  ['files like that', 'Include @/d/*\n### d/1\nHost w1\n User ops\n### d/.2\nSendEnv X', true],
  ['a file that concerns it, among such', 'Include @/d/*\n### d/1\nHost cp1\n User ops', false],
  ['a pattern', 'Host c?1\n User ops', false],
  ['a name in quotes', 'Host "cp1"\n User ops', false],
  ['upper case', 'HOST CP1\n USER ops', false],
  ['Match', 'Match exec true\n User ops', false],
  ['a word that nobody knows', 'Nonsense', false],
])('a host is plain or not: %s', (_what, config, expected) => {
  expect(isPlain([{ path: write(config), includes: place }], 'cp1')).toBe(expected)
})
