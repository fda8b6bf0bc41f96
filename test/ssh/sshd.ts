import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Target } from '../../src/transport/transport.ts'

/** A real sshd on loopback, in a mount namespace of its own: its /run is a tmpfs that nothing else sees. */
export interface Sshd {
  readonly port: number
  /** For keys and known_hosts; removed with it. */
  readonly directory: string
  readonly hostKey: string
  /** A path of the sshd's own file system, seen from here. */
  path(inside: string): string
  /** Runs a shell line inside its namespace. */
  shell(line: string): string
  target(over?: Partial<Target>): Target
  /** What sshd logged. */
  log(): string
  stop(): Promise<void>
}

const sshdPath = '/usr/sbin/sshd'

/** Why these tests cannot run here; undefined where they can. */
export function cannotRun(): string | undefined {
  if (process.getuid?.() !== 0) return 'they need root: sshd runs in a mount namespace of its own'
  if (!existsSync(sshdPath)) return 'they need sshd: apt-get install openssh-server'
  return undefined
}

/** @param settings further lines of its sshd_config */
export async function startSshd(settings: readonly string[] = []): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'provision-sshd-'))
  const file = (name: string): string => join(directory, name)
  for (const name of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)])
  writeFileSync(file('authorized_keys'), readFileSync(file('user.pub')))
  chmodSync(file('authorized_keys'), 0o600)
  const port = await freePort()
  writeFileSync(
    file('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      'PermitRootLogin yes',
      'LogLevel VERBOSE',
      ...settings,
      '',
    ].join('\n'),
  )
  // systemd is looked for by its directory; sshd insists on /run/sshd.
  const prepare = 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/sshd && exec "$@"'
  const child = spawn('unshare', ['-m', 'sh', '-c', prepare, 'sh', sshdPath, '-D', '-e', '-f', file('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: Buffer[] = []
  await listening(child, log)
  const path = (inside: string): string => `/proc/${child.pid}/root${inside}`
  return {
    port,
    directory,
    hostKey: readFileSync(file('host.pub'), 'utf8').split(' ').slice(0, 2).join(' '),
    path,
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
      rmSync(directory, { recursive: true, force: true })
    },
  }
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
  const path = join(sshd.directory, name)
  mkdirSync(path, { recursive: true })
  return path
}
