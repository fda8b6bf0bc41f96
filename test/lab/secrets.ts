import { execFileSync, spawn } from 'node:child_process'
import { createDecipheriv } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hostDirectory, labRoot } from '../../lab/src/model.ts'
import { on, type TestLab } from './harness.ts'

/** Everything that processes of this machine and its hosts showed of themselves while somebody watched. */
export interface Watch {
  stop(): Promise<string>
}

/** Starts to watch command lines and environments. */
export async function watchProcesses(lab: TestLab): Promise<Watch> {
  const file = join(labRoot(lab.lab.name), 'watched')
  rmSync(file, { force: true })
  const program = new URL('watcher.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
      return readFileSync(file, 'utf8')
    },
  }
}

/** Every way in which a secret may stand somewhere: as it is, and as base64 wherever in a text it began. */
export function forms(secret: string): string[] {
  // Of each of the three alignments only what does not depend on the neighbours.
  const aligned = [0, 1, 2].map((pad) => {
    const text = Buffer.from(`${'x'.repeat(pad)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '')
    return text.slice(pad === 0 ? 0 : pad + 1, -1)
  })
  return [secret, ...aligned, Buffer.from(secret).toString('hex')]
}

/** Files of this machine that hold one of the patterns: all that provision keeps and all that was written meanwhile. */
export function leaksHere(patterns: readonly string[], since: number, state: string): string[] {
  const temporary = run('find', [
    '/tmp',
    '/var/tmp',
    '/dev/shm',
    '-xdev',
    '-type',
    'f',
    '-newermt',
    `@${since / 1000}`,
    '-size',
    '-20M',
  ])
  const cache = join(homedir(), '.cache/provision/node')
  return [...grep(patterns, [state]), ...grep(patterns, [cache]), ...grep(patterns, temporary)]
}

/**
 * Files on a host that hold one of the patterns: all that was ever written to its disk, and what it keeps in memory.
 * Left out: etcd, where Kubernetes itself keeps its tokens, and the images of containers, which come from the registry.
 */
export async function leaksOn(lab: TestLab, host: string, patterns: readonly string[]): Promise<string[]> {
  const directory = hostDirectory(lab.lab, { name: host })
  const onDisk = grep(patterns, [
    join(directory, 'upper'),
    join(directory, 'data/kubelet'),
    join(directory, 'console.log'),
  ])
  const list = patterns.join('\n')
  // Kubernetes hands Secrets to pods in memory; of provision's own nothing may be left at all.
  const script = `cat >/run/patterns <<'END'\n${list}\nEND\n
    { grep -rlaFf /run/patterns --exclude=patterns /run /tmp /dev/shm; journalctl --no-pager --all | grep -aFf /run/patterns; } 2>/dev/null
    rm /run/patterns`
  const inMemory = (await on(lab, host, script)).split('\n').filter(Boolean)
  return [...onDisk, ...inMemory].map((line) => `${host}: ${line}`)
}

/** Lines of a text that hold one of the patterns. */
export function leaksIn(text: string, patterns: readonly string[]): string[] {
  return text.split('\n').filter((line) => patterns.some((pattern) => line.includes(pattern)))
}

/**
 * Every text of 64 hex digits in what was written to a host's disk, and in its journal and memory. Left out: programs,
 * images and package lists, which come from elsewhere and are all hex digits.
 */
export async function textsOn(lab: TestLab, host: string): Promise<string> {
  const directory = hostDirectory(lab.lab, { name: host })
  const words = ['-rahoE', '--exclude-dir=usr', '--exclude-dir=apt', '\\b[0-9a-f]{64}\\b']
  const onDisk = run('grep', [...words, join(directory, 'upper'), join(directory, 'data/kubelet')])
  const script = `export LC_ALL=C; { grep -rahoE '\\b[0-9a-f]{64}\\b' /run /tmp /dev/shm; journalctl --no-pager --all | grep -aoE '\\b[0-9a-f]{64}\\b'; } 2>/dev/null || :`
  return `${[...new Set(onDisk)].join('\n')}\n${await on(lab, host, script)}`
}

/** What is in the files of a directory of this machine. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
}

/** The 64 hex digits in these texts that open what was encrypted with a certificate key. */
export function certificateKeysIn(texts: readonly string[], encrypted: Uint8Array): string[] {
  const candidates = new Set(texts.flatMap((text) => text.match(/\b[0-9a-f]{64}\b/g) ?? []))
  return [...candidates].filter((candidate) => opens(candidate, encrypted))
}

// AES-256-GCM with the nonce before and the tag after the text: what kubeadm makes of the certificates it uploads.
function opens(key: string, encrypted: Uint8Array): boolean {
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), encrypted.subarray(0, 12))
  decipher.setAuthTag(encrypted.subarray(-16))
  try {
    decipher.update(encrypted.subarray(12, -16))
    decipher.final()
    return true
  } catch {
    return false
  }
}

function grep(patterns: readonly string[], paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  return run('grep', ['-rlaFs', '-f', '-', '--', ...paths], patterns.join('\n'))
}

// Both find and grep end with 1 or 2 when files went away meanwhile or nothing was found.
function run(program: string, words: readonly string[], input = ''): string[] {
  try {
    return execFileSync(program, words, {
      encoding: 'utf8',
      input,
      maxBuffer: 1 << 28,
      env: { ...process.env, LC_ALL: 'C' },
    })
      .split('\n')
      .filter(Boolean)
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? '')
      .split('\n')
      .filter(Boolean)
  }
}
