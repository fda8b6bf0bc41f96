import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { UnreachableError, UserError } from '../../src/errors.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Target } from '../../src/transport/transport.ts'
import { securityKeyAgent } from './security-key-agent.ts'
import { makeKey, type Sshd, startSshd } from './sshd.ts'

// Keys, certificates and agents as people have them, against the real sshd and the real ssh-agent.

let sshd: Sshd
let agent: ChildProcess | undefined
const { SSH_AUTH_SOCK: socketBefore, HOME: homeBefore } = process.env
const file = (name: string): string => sshd.file(name)
const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const certify = (name: string, principal: string, ...options: string[]): string =>
  run('ssh-keygen', '-q', '-s', file('ca'), '-I', name, '-n', principal, ...options, file(`${name}.pub`))

beforeAll(async () => {
  sshd = await startSshd({ settings: ['TrustedUserCAKeys /run/ca.pub'] })
  process.env.HOME = sshd.directory
  delete process.env.SSH_AUTH_SOCK
  mkdirSync(file('.ssh'))
  makeKey(file('ca'))
  sshd.shell(`cp ${file('ca.pub')} /run/ca.pub`)
})
afterEach(async () => {
  delete process.env.SSH_AUTH_SOCK
  rmSync(file('.ssh'), { recursive: true })
  mkdirSync(file('.ssh'))
  agent?.kill()
  if (agent !== undefined) await once(agent, 'exit')
  agent = undefined
})
afterAll(async () => {
  if (socketBefore !== undefined) process.env.SSH_AUTH_SOCK = socketBefore
  process.env.HOME = homeBefore
  await sshd.stop()
})

async function open(over: Partial<Target> = {}, config = '', to = sshd): Promise<void> {
  writeFileSync(file('ssh_config'), config)
  const transport = createSshTransport({ knownHostsFile: file('known_hosts'), sshConfigFile: file('ssh_config') })
  await (await transport.open(to.target({ identityFile: undefined, ...over }), { timeout: 30 })).close()
}

async function refusal(over: Partial<Target> = {}, config = '', to = sshd): Promise<string> {
  const error: unknown = await open(over, config, to).catch((caught: unknown) => caught)
  if (error instanceof UserError) return error.message.replace('\n  hint: ', ' | ')
  expect(error).toBeInstanceOf(UnreachableError)
  return `${(error as UnreachableError).message} | ${(error as UnreachableError).hint}`
}

async function startAgent(...keys: string[]): Promise<void> {
  const socket = file('agent.sock')
  rmSync(socket, { force: true })
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(agent.stdout as NodeJS.ReadableStream, 'data')
  process.env.SSH_AUTH_SOCK = socket
  for (const key of keys) run('ssh-add', '-q', file(key))
}

const allow = (name: string, to = sshd): void =>
  appendFileSync(to.file('authorized_keys'), readFileSync(file(`${name}.pub`)))

const kinds = [
  ['ed25519', []],
  ['ecdsa', ['-b', '256']],
  ['ecdsa', ['-b', '384']],
  ['ecdsa', ['-b', '521']],
  ['rsa', ['-b', '2048']],
] as const

describe('a certificate of a CA that the host trusts', () => {
  const make = (type: string, options: readonly string[]): string => {
    const name = ['cert', type, ...options].join('')
    rmSync(file(name), { force: true })
    run('ssh-keygen', '-q', '-t', type, ...options, '-N', '', '-f', file(name))
    certify(name, 'root,ops', '-V', '+1d')
    return name
  }

  /** Of what kind the last key was that the host accepted. */
  const accepted = (): string => /.*Accepted publickey for root [^\n]* ssh2: (\S+) /s.exec(sshd.log())?.[1] ?? ''

  it.each(kinds)('beside the key: %s %s', async (type, options) => {
    await open({ identityFile: file(make(type, options)) })
    expect(accepted()).toBe(`${type.toUpperCase()}-CERT`)
  })
  it.each(kinds)('in an agent: %s %s', async (type, options) => {
    await startAgent(make(type, options))
    await open()
    expect(accepted()).toBe(`${type.toUpperCase()}-CERT`)
  })
  it('beside a usual key', async () => {
    const name = make('ed25519', [])
    for (const end of ['', '.pub', '-cert.pub']) run('cp', file(`${name}${end}`), file(`.ssh/id_ed25519${end}`))
    await open()
  })
  it('of CertificateFile, for a key that the inventory names', async () => {
    const name = make('ed25519', [])
    run('mv', file(`${name}-cert.pub`), file('elsewhere.pub'))
    await open({ identityFile: file(name) }, `CertificateFile ${file('elsewhere.pub')}`)
    await open({}, `CertificateFile ${file('elsewhere.pub')}\nIdentityFile ${file(name)}`)
  })
  it('beside an encrypted key that an agent holds alone', async () => {
    const name = make('ed25519', [])
    await startAgent()
    run('mv', file(`${name}-cert.pub`), file('kept'))
    run('ssh-add', '-q', file(name))
    run('mv', file('kept'), file(`${name}-cert.pub`))
    run('ssh-keygen', '-q', '-p', '-N', 'passphrase', '-f', file(name))
    await open({ identityFile: file(name) })
  })
  it('named itself, with its key in an agent', async () => {
    const name = make('ed25519', [])
    await startAgent(name)
    await open({}, `IdentitiesOnly yes\nIdentityFile ${file(`${name}-cert.pub`)}`)
  })
  it.each([
    ['has ended', 'root', ['-V', '20200101:20200102'], /cert-cert\.pub \(ended 2020-01-0\dT\d\d:\d\dZ\)/],
    ['has not begun', 'root', ['-V', '20900101:20900102'], /cert-cert\.pub \(begins 20\d\d-\d\d-\d\dT\d\d:\d\dZ\)/],
    ['is for others', 'alice,bob', [], /cert-cert\.pub \(made for alice, bob\)/],
    ['is of another CA', 'root', ['-s', 'other'], /tried \S+\/cert-cert\.pub, \S+\/cert /],
    ['is for hosts', 'root', ['-h'], /tried \S+\/cert /],
  ])('that %s is told of', async (_what, principal, options, message) => {
    makeKey(file('cert'))
    makeKey(file('other'))
    certify('cert', principal, ...options.map((word) => (word === 'other' ? file('other') : word)))
    expect(await refusal({ identityFile: file('cert') })).toMatch(message)
    rmSync(file('cert-cert.pub'))
  })
})

describe('a security key in an agent', () => {
  it('lets in by itself, by a certificate, and by the file that names it', async () => {
    const token = securityKeyAgent()
    const server = await token.listen(file('sk.sock'))
    process.env.SSH_AUTH_SOCK = file('sk.sock')
    writeFileSync(file('sk.pub'), token.publicLine)
    expect(await refusal()).toMatch(/tried security key of ssh-agent/)
    certify('sk', 'root', '-V', '+1d')
    const certificate = Buffer.from(readFileSync(file('sk-cert.pub'), 'utf8').split(' ')[1] ?? '', 'base64')
    token.hold(certificate)
    await open()
    token.hold(Buffer.from(token.publicLine.split(' ')[1] ?? '', 'base64'))
    allow('sk')
    await open()
    await open({ identityFile: file('sk.pub') })
    server.close()
  })
})

describe('a private key in another form', () => {
  const forms: readonly (readonly [name: string, how: readonly string[]])[] = [
    ['PKCS#8 rsa', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
    ['PKCS#8 ecdsa 256', ['-t', 'ecdsa', '-b', '256', '-m', 'PKCS8']],
    ['PKCS#8 ecdsa 384', ['-t', 'ecdsa', '-b', '384', '-m', 'PKCS8']],
    ['PKCS#8 ecdsa 521', ['-t', 'ecdsa', '-b', '521', '-m', 'PKCS8']],
    ['PEM rsa', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['PEM ecdsa', ['-t', 'ecdsa', '-m', 'PEM']],
  ]
  it.each(forms)('%s', async (_name, how) => {
    rmSync(file('form'), { force: true })
    run('ssh-keygen', '-q', ...how, '-N', '', '-f', file('form'))
    allow('form')
    await open({ identityFile: file('form') })
  })
  it('PKCS#8 ed25519, of openssl', async () => {
    run('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', file('form'))
    const der = Buffer.from(run('openssl', 'pkey', '-in', file('form'), '-pubout').split('\n')[1] ?? '', 'base64')
    const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519\0\0\0 '), der.subarray(-32)])
    appendFileSync(file('authorized_keys'), `ssh-ed25519 ${blob.toString('base64')}\n`)
    await open({ identityFile: file('form') })
  })

  const text = (content: string) => writeFileSync(file('odd'), content)
  const refused: readonly (readonly [what: string, make: () => void, message: RegExp])[] = [
    [
      'PKCS#8, encrypted',
      () => run('openssl', 'genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', 'pass:x', '-out', file('odd')),
      /odd is encrypted, and no ssh-agent holds its key \| .*ssh-add/,
    ],
    [
      'PEM, encrypted',
      () => {
        rmSync(file('odd'), { force: true })
        run('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'passphrase', '-f', file('odd'))
      },
      /odd is encrypted/,
    ],
    [
      'of a kind that SSH does not have',
      () => run('openssl', 'genpkey', '-algorithm', 'x25519', '-out', file('odd')),
      /holds no private key: SSH does not support keys of type x25519/,
    ],
    ['of PuTTY', () => text('PuTTY-User-Key-File-3: ssh-ed25519\n'), /odd is a PuTTY key \| .*puttygen/],
    [
      'of ssh.com',
      () => text('---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nx\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n'),
      /odd is an ssh\.com key \| .*ssh-keygen -i/,
    ],
    [
      'X.509',
      () => text('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n'),
      /X\.509 certificate \| use an/,
    ],
    ['cut off', () => text('-----BEGIN PRIVATE KEY-----\nMC4CAQ\n'), /odd holds no private key: /],
    ['empty', () => text(''), /odd holds no private key: /],
    [
      'of a security key',
      () => {
        const blob = Buffer.from(securityKeyAgent().publicLine.split(' ')[1] ?? '', 'base64')
        const length = Buffer.from([0, 0, 0, blob.length])
        const none = Buffer.from('\0\0\0\x04none')
        const rest = Buffer.concat([Buffer.from('\0\0\0\0\0\0\0\x01'), length, blob, Buffer.from('\0\0\0\x04true')])
        const whole = Buffer.concat([Buffer.from('openssh-key-v1\0'), none, none, rest]).toString('base64')
        text(`-----BEGIN OPENSSH PRIVATE KEY-----\n${whole}\n-----END OPENSSH PRIVATE KEY-----\n`)
      },
      /odd belongs to a security key, which requires an ssh-agent, and no agent holds it \| .*ssh-add/,
    ],
  ]
  it.each(refused)('is refused by name: %s', async (_what, make, message) => {
    rmSync(file('odd.pub'), { force: true })
    make()
    expect(await refusal({ identityFile: file('odd') })).toMatch(message)
  })
})

describe('an agent of more keys than the host lets one try', () => {
  const many = Array.from({ length: 8 }, (_, index) => `many${index}`)
  const agentOfMany = async (): Promise<void> => {
    for (const name of many) makeKey(file(name))
    await startAgent(...many, 'user')
    run('cp', file('user'), file('named'))
    run('ssh-keygen', '-q', '-p', '-N', 'passphrase', '-f', file('named'))
  }
  const named = (line: string) => (): readonly [Partial<Target>, string] => [{}, line.replaceAll('@', sshd.directory)]

  it.each<readonly [string, () => readonly [Partial<Target>, string]]>([
    ['an encrypted file of the inventory', () => [{ identityFile: file('named') }, '']],
    ['a public file of the inventory', () => [{ identityFile: file('user.pub') }, '']],
    ['ssh_config, by an encrypted file', named('IdentityFile @/named')],
    ['ssh_config, by a public file', named('IdentityFile @/user.pub')],
    ['ssh_config, by a file that is not there, its public half beside', named('IdentityFile @/absent')],
    ['a usual file', () => [{}, '']],
  ])('offers first what is named by %s', async (what, how) => {
    await agentOfMany()
    run('cp', file('user.pub'), file('absent.pub'))
    if (what === 'a usual file') run('cp', file('named'), file('.ssh/id_ed25519'))
    await open(...how())
  })

  it('says what to do where nothing is named', async () => {
    await agentOfMany()
    expect(await refusal()).toMatch(/Too many authentication failures; tried .*ssh-agent.* \| .*ssh\.identityFile/)
  })

  it('goes on with the next key where the agent does not sign', async () => {
    makeKey(file('confirm'))
    allow('confirm')
    await startAgent()
    execFileSync('ssh-add', ['-q', '-c', file('confirm')], { stdio: 'ignore' })
    expect(await refusal()).toMatch(/confirm|ssh-agent: the agent failed to sign with it/)
    run('ssh-add', '-q', file('user'))
    await open()
  })
})

describe('a key that is there and cannot be used is named:', () => {
  it.each([
    ['encrypted', () => makeKey(file('.ssh/id_ed25519'), 'passphrase'), /id_ed25519 is encrypted, .* \| .*ssh-add/],
    ['encrypted rsa', () => makeKey(file('.ssh/id_rsa'), 'passphrase', 'rsa'), /id_rsa is encrypted, .* \| .*ssh-add/],
    [
      'encrypted, of ssh_config',
      () => makeKey(file('site'), 'passphrase'),
      /\/site is encrypted, .* \| .*ssh-add \S+\/site/,
    ],
    [
      'public, of ssh_config',
      () => {
        makeKey(file('site'))
        run('cp', file('site.pub'), file('site'))
      },
      /\/site holds a public key, and no ssh-agent holds its private key/,
    ],
    ['unreadable', () => writeFileSync(file('.ssh/id_ecdsa'), 'x'), /id_ecdsa holds no private key: /],
    ['a directory', () => mkdirSync(file('.ssh/id_rsa')), /id_rsa .*holds no private key: \S+ cannot be read/],
  ])('%s', async (what, make, message) => {
    make()
    expect(await refusal({}, what.includes('ssh_config') ? `IdentityFile ${file('site')}` : '')).toMatch(message)
  })
})

describe('more than one proof', () => {
  const cases: readonly (readonly [methods: string, over: Partial<Target>, message: RegExp | undefined])[] = [
    ['publickey,password', {}, /accepts \S+\/user of root, and also requires password \| set ssh\.password if/],
    ['publickey,keyboard-interactive', {}, /accepts \S+\/user of root, and also requires keyboard-interactive \| set/],
    ['publickey,publickey', {}, /accepts \S+\/user of root, and also requires publickey/],
    [
      'publickey,password publickey,keyboard-interactive',
      {},
      /and also requires (password or key.*|key.* or password)/,
    ],
    ['publickey,password', { password: 'wrong' }, /accepts \S+\/user of root, and also requires password \| allow/],
    ['password', {}, /tried \S+\/user \| check|accepts only password/],
    [
      'publickey',
      { password: 'x', identityFile: undefined },
      /nothing to try|not tried the password.*accepts only publickey/,
    ],
  ]
  it.each(cases)('%s %j', async (methods, over, message) => {
    const strict = await startSshd({
      settings: [`AuthenticationMethods ${methods}`, 'KbdInteractiveAuthentication yes', 'UsePAM yes'],
    })
    writeFileSync(strict.file('authorized_keys'), readFileSync(file('user.pub')))
    const target = { identityFile: file('user'), ...over }
    if (message === undefined) await open(target, '', strict)
    else expect(await refusal(target, '', strict)).toMatch(message)
    await strict.stop()
  })

  it('is given where it is there: two keys of an agent', async () => {
    const strict = await startSshd({ settings: ['AuthenticationMethods publickey,publickey'] })
    makeKey(file('second'))
    writeFileSync(strict.file('authorized_keys'), readFileSync(file('user.pub')))
    allow('second', strict)
    await startAgent('many0', 'user', 'second')
    await open({}, '', strict)
    await strict.stop()
  })
})
