import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { podLinks } from '../../../src/variables/pod-links.ts'

/** Links of pods, and such as the operator may have. */
export const pods = podLinks.names.split(' ')
export const others = ['br-ext', 'br-productions', 'tun-office', 'bond0', 'enp1s0']

/** Path without a leading slash → text. */
export type Files = Readonly<Record<string, string>>

const script = (name: string) => new URL(name, import.meta.url).pathname

/** A machine with real managers of links installed, on which hosts are made for a moment each. */
export interface Machine {
  /** Runs a script of this directory on a host with these files, and returns what it prints, by line. */
  run(name: string, files: Files): Promise<string[]>
  stop(): Promise<void>
}

/** Installs packages of the machine's own system in a scratch copy of it; takes a quarter of a minute. */
export async function startMachine(packages: readonly string[]): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), 'provision-machine-'))
  const root = join(directory, 'machine')
  mkdirSync(root)
  const child = spawn('unshare', ['-mpf', '--kill-child', 'sh', script('machine.sh'), root, ...packages], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const ready = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', () => resolve(true))),
    ended.then(() => false),
  ])
  if (ready !== true) throw new Error(`${packages.join(' ')} were not installed`)
  let count = 0
  return {
    async run(name, files) {
      const own = join(directory, `host-${++count}`)
      lay(own, { ...files, 'run/links': `${[...pods, ...others].join(' ')}\n` })
      const inner = ['unshare', '-mnpuf', '--kill-child', 'sh', script('enter.sh'), root, own, name]
      const { stdout } = await promisify(execFile)('nsenter', ['-m', '-t', `${child.pid}`, ...inner])
      return stdout.trimEnd().split('\n')
    },
    async stop() {
      child.stdin.end()
      await ended
      rmSync(directory, { recursive: true })
    },
  }
}

/** Writes files below a directory. */
export function lay(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    // NetworkManager reads profiles of nobody else's.
    writeFileSync(join(directory, path), text, { mode: path.endsWith('.nmconnection') ? 0o600 : 0o644 })
  }
}
