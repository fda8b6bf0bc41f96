import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UnreachableError } from '../../src/errors.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Session, Target } from '../../src/transport/transport.ts'
import { makeKey, type Sshd, startSshd } from './sshd.ts'

// Accounts, start-up files and policies as hosts have them, with the real sshd, PAM, sudo and shells.

const password = 'secret-77x'
const asks = 'ALL=(ALL:ALL) ALL'
const free = 'ALL=(ALL:ALL) NOPASSWD: ALL'

/** Start-up files that hand over to another program, or read what is sent; what they read goes to ~/caught. */
const takers: readonly (readonly [name: string, bashrc: string])[] = [
  ['fish', 'exec fish'],
  ['tcsh', 'exec tcsh'],
  ['dash', 'exec dash'],
  ['bash', 'exec bash --norc'],
  ['env', 'exec env NO=1 sh'],
  ['cat', 'exec cat >~/caught'],
  ['tee', 'tee ~/caught'],
  ['line', 'read -r x; echo "$x" >~/caught'],
  ['lines', 'while read -r x; do echo "$x" >>~/caught; done'],
  ['some', 'head -c 5 >~/caught'],
]
/** Start-up files that do no harm. */
const harmless: readonly (readonly [name: string, bashrc: string])[] = [
  ['guard', 'case $- in *i*) ;; *) return ;; esac; exec fish'],
  ['waits', 'read -r -t 0.3 x; true'],
  ['other', 'read -r x </etc/hostname'],
  ['talks', 'echo "Verification code: off"; echo "Your account has not expired"; printf "no newline" >&2'],
  ['stty', 'stty erase ^H; set -u; unknown-program'],
]
/** What root's key says on cloud images, and others like it. */
const forced: readonly (readonly [name: string, command: string, message: RegExp])[] = [
  [
    'cloud',
    `echo 'Please login as the user "ubuntu" rather than the user "root".';echo;sleep 10;exit 142`,
    /another account: Please login as the user "ubuntu" rather .* \| set ssh\.user: ubuntu$/,
  ],
  [
    'amazon',
    `echo 'Please login as the user "ec2-user" rather than the user "root".';sleep 10`,
    /ssh\.user: ec2-user$/,
  ],
  ['files', "echo 'This service allows sftp connections only.'; exit 1", /may not run commands: This service/],
  ['words', 'echo first; echo second >&2; exit 3', /session ended before it began: .*(first.*second|second.*first)/],
  ['false', 'exit 1', /before it began, without a message \(exit code 1\) \| check that no shell such as \/bin\/false/],
  ['menu', 'echo 1: hosts; echo 2: leave; echo "no such choice"; exit', /began: 1: hosts; 2: leave; no such choice/],
]

const name = (kind: string): string => `t${kind}`
let sshd: Sshd

beforeAll(async () => {
  sshd = await startSshd({
    settings: ['UsePAM yes', 'MaxStartups 50'],
    accounts: [
      ...[...takers, ...harmless].map(([kind, bashrc]) => ({ name: name(kind), password, sudo: asks, bashrc })),
      { name: 'ops', password, sudo: free },
      { name: 'asks', password, sudo: asks },
      { name: 'nologin', password, shell: '/usr/sbin/nologin' },
      { name: 'false', password, shell: '/bin/false' },
      { name: 'gone', password, shell: '/bin/none' },
      { name: 'expired', password, sudo: free, expires: 1 },
      { name: 'renew', password, sudo: free, passwordSet: 0 },
      { name: 'noexec', password, sudo: 'ALL=(root) NOEXEC:NOPASSWD: ALL' },
    ],
    prepare: [
      'cp /etc/os-release "$1/os-release"; mount --bind "$1/os-release" /etc/os-release',
      // A full /tmp, with the directory of this test still in it.
      'mkdir /run/kept; mount --bind "$1" /run/kept; mount -t tmpfs -o size=64k tmpfs /tmp; mkdir -p "$1"',
      'mount --move /run/kept "$1"; head -c 99999 /dev/zero >/tmp/full || :',
    ].join('\n'),
  })
  for (const [kind, command] of forced) {
    makeKey(sshd.file(kind))
    const key = readFileSync(sshd.file(`${kind}.pub`), 'utf8')
    const line = `command="${command.replaceAll('"', '\\"')}" ${key}`
    writeFileSync(sshd.file('authorized_keys'), line, { flag: 'a' })
  }
})
afterAll(() => sshd.stop())

function open(user: string, over: Partial<Target> = {}, timeout = 30): Promise<Session> {
  const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
  return transport.open(sshd.target({ user, sudoPassword: password, ...over }), { timeout })
}

async function refusal(user: string, over: Partial<Target> = {}, timeout = 30): Promise<string> {
  const error: unknown = await open(user, over, timeout).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(UnreachableError)
  const { message, hint } = error as UnreachableError
  return `${message} | ${hint}`
}

describe('a start-up file that takes what is sent gets nothing, and is told of:', () => {
  it.concurrent.each(takers)('%s', async (kind) => {
    expect(await refusal(name(kind), {}, 4)).toMatch(
      /timeout after 4 s, while waiting for the login shell on n1 \| check that no start-up file/,
    )
    expect(sshd.shell(`cat ~${name(kind)}/caught 2>/dev/null || :`).trim()).toBe('')
  })
})

describe('a start-up file that does no harm:', () => {
  it.concurrent.each(harmless)('%s', async (kind) => {
    await (await open(name(kind))).close()
  })
})

describe('what a forced command says is told:', () => {
  it.concurrent.each(forced)('%s', async (kind, _command, message) => {
    const began = performance.now()
    expect(await refusal('root', { identityFile: sshd.file(kind) })).toMatch(message)
    expect(performance.now() - began).toBeLessThan(9000)
  })
})

describe('what an account says is told:', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['nologin', /shell is nologin: This account is currently not available\. \| use another ssh\.user/],
    ['false', /before it began, without a message \(exit code 1\) \| check that no shell such as/],
    ['gone', /rejects the login of gone/],
    ['expired', /account of its user has expired: Your account has expired; please contact .* \| renew it/],
    ['renew', /password of its user has expired: .* \| log in once manually/],
    ['noexec', /its sudo does not let root start programs: .*dd: Permission denied \| remove NOEXEC/],
  ]
  it.concurrent.each(cases)('%s', async (user, message) => {
    expect(await refusal(user)).toMatch(message)
  })

  it('nobody may log in now', async () => {
    sshd.shell('echo "System is going down." >/run/nologin')
    const message = await refusal('ops')
    sshd.shell('rm /run/nologin')
    expect(message).toMatch(/closed the connection during the login of ops .*output: System is going down\./)
  })
})

describe('an os-release is read, not run:', () => {
  const debian = ['debian', '12', 'bookworm'] as const
  const cases: readonly (readonly [text: string, id: string, version: string, codename: string])[] = [
    ['ID=debian\nVERSION_ID="12"\nVERSION=12 (bookworm)\nVERSION_CODENAME=bookworm\n', ...debian],
    ['PRETTY_NAME=Debian (ours)\nID="debian"\nVERSION_ID=12\nVERSION_CODENAME=bookworm', ...debian],
    ["ID='debian'\r\nVERSION_ID='12'\r\nVERSION_CODENAME=bookworm\r\n", ...debian],
    ['# ours\n\nexit 1\nID=debian # of ours\nVERSION_ID="12" # x\nVERSION_CODENAME=bookworm\n', ...debian],
    ['touch /run/was-run\nBROKEN="\nID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n', ...debian],
    ['ID=rocky\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\n', 'rocky', '9.6', ''],
  ]
  it.each(cases)('%j', async (text, id, version, codename) => {
    writeFileSync(sshd.file('os-release'), text)
    const session = await open('ops')
    await session.close()
    expect(session.identity).toMatchObject({ id, version, codename })
    expect(sshd.shell('ls /run')).not.toContain('was-run')
  })
})

it('a full /tmp, and a TMPDIR that is not there, do not matter', async () => {
  expect(sshd.shell('df /tmp | tail -n 1')).toMatch(/ 100% /)
  execFileSync('cp', ['/etc/os-release', sshd.file('os-release')])
  await (await open('asks')).close()
})

it('a sudo that asks for something else is not answered', async () => {
  const other = await startSshd({
    accounts: [{ name: 'asks', password, sudo: asks }],
    prepare: [
      `printf '#!/bin/sh\\nprintf "Verification code: " >&2; IFS= read -r x; echo "$x" >"$HOME/caught"\\n' >"$1/sudo"`,
      'chmod 755 "$1/sudo"; mount --bind "$1/sudo" /usr/bin/sudo',
    ].join('\n'),
  })
  const transport = createSshTransport({ knownHostsFile: other.file('known_hosts'), sshConfigFile: '/nonexistent' })
  const opening = transport.open(other.target({ user: 'asks', sudoPassword: password }), { timeout: 30 })
  await expect(opening).rejects.toThrow(/its sudo requires more than a password: Verification code:/)
  expect(other.shell('cat ~asks/caught || :').trim()).toBe('')
  await other.stop()
})
