import { describe, expect, it } from 'vitest'
import { isHello, parseHello } from '../../../src/transport/identity.ts'
import { createJournalStream } from '../../../src/transport/journal-stream.ts'
import { RefusedError } from '../../../src/transport/refusal.ts'
import { bootstrapError } from '../../../src/transport/session-refusal.ts'

function hello(over: Readonly<Record<string, string>> = {}): string[] {
  const fields = {
    id: 'debian',
    like: '',
    version: '13',
    codename: 'trixie',
    arch: 'x86_64',
    init: 'systemd',
    boot: 'b00t',
    machine: '0123456789abcdef0123456789abcdef',
    pids: 'pid:[4026531836]',
    hostname: 'cp1',
    missing: '',
    time: '1000.5',
    ...over,
  }
  return ['hello', 'v1', ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)]
}

describe('a greeting', () => {
  it('says what the host is', () => {
    expect(parseHello(hello(), 999, 1000)).toEqual({
      family: 'debian',
      id: 'debian',
      version: '13',
      codename: 'trixie',
      arch: 'amd64',
      bootId: 'b00t',
      machineId: '0123456789abcdef0123456789abcdef',
      pidNamespace: 'pid:[4026531836]',
      node: undefined,
      hostname: 'cp1',
      clockOffset: 0.5,
    })
    expect(isHello(hello())).toBe(true)
    expect(isHello(['hello', 'v0'])).toBe(false)
  })

  it.each([
    ['ubuntu', '', 'debian'],
    ['rocky', 'rhel,centos,fedora', 'el'],
    ['ol', 'fedora', 'el'],
    ['linuxmint', 'ubuntu,debian', 'debian'],
    ['openEuler', 'fedora', 'el'],
  ])('of %s like %s is of the family %s', (id, like, family) => {
    expect(parseHello(hello({ id, like }), 0, 0).family).toBe(family)
  })

  it.each(['uninitialized', '', 'x', '0123456789ABCDEF0123456789abcdef0'])(
    'of a host whose machine-id is %j',
    (machine) => {
      expect(parseHello(hello({ machine }), 0, 0).machineId).toBe('')
    },
  )

  it('of a host whose clock is behind, or knows no fractions', () => {
    expect(parseHello(hello({ time: '990' }), 1000, 1001).clockOffset).toBe(-10)
    expect(parseHello(hello({ time: '990.%N' }), 1000, 1001).clockOffset).toBe(-10)
  })

  it('of a host that takes long to answer says nothing about its clock', () => {
    expect(parseHello(hello({ time: '1002.5' }), 1000, 1005).clockOffset).toBe(0)
    expect(parseHello(hello({ time: '1005.5' }), 1000, 1005).clockOffset).toBe(0.5)
  })

  const refused: readonly (readonly [over: Record<string, string>, message: RegExp])[] = [
    [{ id: 'alpine' }, /system alpine is unknown/],
    [{ id: '' }, /system without an os-release/],
    [{ id: 'constructor', like: 'valueOf,toString' }, /system constructor is unknown/],
    [{ arch: 'constructor' }, /processor constructor is not supported/],
    [{ arch: 'riscv64' }, /processor riscv64 is not supported/],
    [{ init: 'init' }, /runs init, not systemd/],
    [{ missing: 'flock,tail' }, /lacks flock, tail/],
    [{ time: '' }, /lacks a time/],
    [{ boot: '' }, /lacks a time or a boot ID/],
  ]
  it.each(refused)('is refused: %j', (over, message) => {
    expect(() => parseHello(hello(over), 0, 0)).toThrow(message)
  })
})

describe('why a session did not begin', () => {
  const cases: readonly (readonly [said: string, hadPassword: boolean, message: RegExp, final: boolean])[] = [
    ['sudo: a password is required', false, /requires a password/, true],
    ['sudo: no password was provided\nsudo: a password is required', false, /requires a password/, true],
    [
      'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt',
      true,
      /does not accept the password/,
      true,
    ],
    [
      'sudo-rs: Authentication failed, try again.\nsudo-rs: Maximum 3 incorrect authentication attempts reached',
      true,
      /does not accept the password/,
      true,
    ],
    ['ops is not in the sudoers file.', true, /may not use sudo/, true],
    ['ops is not in the sudoers file.  This incident will be reported.', true, /may not use sudo/, true],
    ["Sorry, user ops is not allowed to execute '/bin/sh' as root on cp1.", true, /may not use sudo/, true],
    ["sudo-rs: I'm sorry ops. I'm afraid I can't do that", true, /may not use sudo/, true],
    ['sudo: sorry, you must have a tty to run sudo', true, /requires a terminal/, true],
    ['sudo: account validation failure, is your account locked?', true, /account of its user has expired/, true],
    ['%refused no-sudo', false, /sudo is not installed/, true],
    [
      "mktemp: failed to create directory via template '/tmp/tmp.XXXXXXXXXX': No space left on device",
      true,
      /before it began: mktemp: failed .*No space left/,
      false,
    ],
    ['', true, /ended before it began, without a message \(exit code 1\)$/, false],
    ['sudo: effective uid is not 0, is /usr/bin/sudo on a file system with nosuid?', true, /cannot become root/, true],
    ['sudo: The "no new privileges" flag is set, which prevents sudo', true, /cannot become root/, true],
    ['sudo: /etc/sudo.conf must be owned by uid 0', true, /cannot become root/, true],
    ['/etc/sudoers.d/x:1:3: syntax error', true, /before it began: .*syntax error$/, false],
    ['>>> /etc/sudoers: syntax error near line 3 <<<', true, /sudoers file is invalid: .*line 3/, true],
    ['sudo: no valid sudoers sources found, quitting', true, /sudoers file is invalid/, true],
    ['/bin/sh: 1: dd: Permission denied', true, /does not let root start programs/, true],
    ['/bin/sh: line 1: /usr/bin/dd: Permission denied', true, /does not let root start programs/, true],
    ['/bin/sh: 1: dd: not found', true, /lacks basic programs/, true],
    [
      'Please login as the user "ubuntu" rather than the user "root".',
      false,
      /key belongs to another account: Please login/,
      true,
    ],
    ['Please login as the user "admin" rather than the user "root".', false, /another account/, true],
    ['Please login as the ec2-user user rather than root user', false, /another account/, true],
    ['This account is currently not available.', false, /its shell is nologin/, true],
    ['This account is not available', false, /its shell is nologin/, true],
    ['This service allows sftp connections only.', false, /may not run commands/, true],
    ['fatal: Interactive git shell is not enabled.', false, /may not run commands/, true],
    ['Your account has expired; please contact your system administrator.', false, /account of its user has exp/, true],
    ['User account has expired', false, /account of its user has expired/, true],
    ['WARNING: Your password has expired.', false, /password of its user has expired/, true],
    [
      'You are required to change your password immediately (administrator enforced).',
      false,
      /password .*expired/,
      true,
    ],
    ['Password change required but no TTY available.', false, /password of its user has expired/, true],
    ['The account is locked due to 3 failed logins.', false, /account of its user is locked/, true],
    ['Verification code: ', true, /requires more than a password: Verification code:/, true],
    ['Enter a passcode or select one of the following options:', true, /requires more than/, true],
    ['One-time password (OATH) for `ops`: ', true, /requires more than/, true],
    ['Passcode or option (1-2): ', true, /requires more than/, true],
    ['YubiKey for `ops`: ', true, /requires more than/, true],
    ['Please touch the device.', true, /before it began: Please touch/, false],
  ]
  it.each(cases)('%s', (said, hadPassword, message, final) => {
    const error = bootstrapError({ said: said.split('\n'), hadPassword, exitCode: 1 })
    expect(error.message).toMatch(message)
    expect(error instanceof RefusedError).toBe(final)
    expect(final ? error.hint : 'none needed').toBeTruthy()
  })
})

describe('a journal in what a session prints', () => {
  it('begins after its announcement, however that is cut', () => {
    const text = Buffer.from('Welcome!\n%journal p1 0\n@n ok t1\n')
    for (let cut = 0; cut <= text.length; cut += 1) {
      const stream = createJournalStream()
      stream.expect('p1', 0)
      const parts = [text.subarray(0, cut), text.subarray(cut)].map((part) => stream.push(part)?.toString() ?? '')
      expect(parts.join('')).toBe('@n ok t1\n')
    }
  })

  it('is not that of another program, or from another place', () => {
    const stream = createJournalStream()
    expect(stream.push(Buffer.from('%journal p1 0\nx'))).toBeUndefined()
    stream.expect('p2', 7)
    expect(stream.push(Buffer.from('%journal p1 0\nx%journal p2 0\ny'))).toBeUndefined()
    expect(stream.push(Buffer.from('%journal p2 7\nz'))?.toString()).toBe('z')
    expect(stream.push(Buffer.from('%journal p2 7\n'))?.toString()).toBe('%journal p2 7\n')
  })
})
