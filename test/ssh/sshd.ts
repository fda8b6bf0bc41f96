import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Target } from '../../src/transport/transport.ts'
import { type Account, accountMounts } from './accounts.ts'

/** A real sshd on loopback, in a mount namespace of its own: its /run is a tmpfs that nothing else sees. */
export interface Sshd {
  readonly port: number
  /** Of a process in its namespace. */
  readonly pid: number
  /** For keys and known_hosts; removed with it. */
  readonly directory: string
  /** A path in the directory. */
  file(name: string): string
  /** Runs a shell line inside its namespace, and gives what that printed. */
  shell(line: string): string
  target(over?: Partial<Target>): Target
  /** What sshd logged. */
  log(): string
  stop(): Promise<void>
}

export interface SshdOptions {
  /** Further lines of its sshd_config. */
  readonly settings?: readonly string[]
  /** Accounts that exist in its namespace only. */
  readonly accounts?: readonly Account[]
  /** Shell lines run inside its namespace before it starts; `$1` is the directory. */
  readonly prepare?: string
}

const sshdPath = '/usr/sbin/sshd'

export async function startSshd({ settings = [], accounts = [], prepare = '' }: SshdOptions = {}): Promise<Sshd> {
  if (process.getuid?.() !== 0) throw new Error('these tests need root: sshd runs in a mount namespace of its own')
  if (!existsSync(sshdPath)) throw new Error('these tests need sshd: apt-get install openssh-server')
  const directory = mkdtempSync(join(tmpdir(), 'provision-sshd-'))
  chmodSync(directory, 0o755)
  const file = (name: string): string => join(directory, name)
  makeKey(file('host'))
  makeKey(file('user'))
  writeFileSync(file('authorized_keys'), readFileSync(file('user.pub')))
  const port = await freePort()
  writeFileSync(file('sshd_config'), sshdConfig(port, file, settings))
  const child = startInNamespace(file, `${accountMounts(accounts, directory)}\n${prepare}`)
  const log: Buffer[] = []
  // A test that fails half-way must not leave it behind.
  const end = (): void => {
    child.kill()
  }
  process.once('exit', end)
  await listening(child, log)
  return {
    port,
    pid: child.pid ?? 0,
    directory,
    file,
    shell: (line) =>
      execFileSync('nsenter', ['-t', String(child.pid), '-m', '/bin/sh', '-c', line], { encoding: 'utf8' }),
    target: (over = {}) => ({
      name: 'n1',
      address: '127.0.0.1',
      port,
      user: 'root',
      identityFile: file('user'),
      hostKeys: 'pin',
      ...over,
    }),
    log: () => Buffer.concat(log).toString('utf8'),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await gone
      process.off('exit', end)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export function makeKey(path: string, passphrase = '', type = 'ed25519'): void {
  rmSync(path, { force: true })
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', path])
}

function sshdConfig(port: number, file: (name: string) => string, settings: readonly string[]): string {
  return [
    ...settings, // first: sshd takes the first value it sees
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PermitRootLogin yes',
    'LogLevel VERBOSE',
    '',
  ].join('\n')
}

/** systemd is looked for by its directory; sshd insists on /run/sshd. A machine of its own, as its boot id and machine-id have it. */
function startInNamespace(file: (name: string) => string, prepare: string): ChildProcess {
  writeFileSync(file('boot-id'), `${randomUUID()}\n`)
  writeFileSync(file('machine-id'), `${randomUUID().replaceAll('-', '')}\n`)
  const own = 'mount --bind "$1/boot-id" /proc/sys/kernel/random/boot_id\nmount --bind "$1/machine-id" /etc/machine-id'
  writeFileSync(
    file('start.sh'),
    `set -e\nmount -t tmpfs tmpfs /run\nmkdir -p /run/systemd/system /run/sshd\n${own}\n${prepare}\nexec ${sshdPath} -D -e -f "$1/sshd_config"\n`,
  )
  return spawn('unshare', ['-m', 'sh', file('start.sh'), file('')], { stdio: ['ignore', 'ignore', 'pipe'] })
}

function listening(child: ChildProcess, log: Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      log.push(bytes)
      if (bytes.includes('Server listening')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`sshd ended (${code}): ${Buffer.concat(log).toString('utf8')}`)))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** A directory beside the sshd's files. */
export function subdirectory(sshd: Sshd, name: string): string {
  const path = sshd.file(name)
  mkdirSync(path, { recursive: true })
  return path
}
