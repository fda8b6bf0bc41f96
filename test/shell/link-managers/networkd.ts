import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Files, lay, others, pods } from './machine.ts'

const script = new URL('networkd.sh', import.meta.url).pathname

/** Runs the machine's own systemd-networkd with drop-ins and files of links, and returns what it leaves, by line. */
export async function runNetworkd(conf: Files, links: Files): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'provision-networkd-'))
  try {
    for (const [name, files] of Object.entries({ conf, links })) {
      mkdirSync(join(directory, name))
      lay(join(directory, name), files)
    }
    const call = ['-mnpf', '--kill-child', 'sh', script, directory, ...pods, ...others]
    const { stdout } = await promisify(execFile)('unshare', call)
    return stdout.trimEnd().split('\n')
  } finally {
    rmSync(directory, { recursive: true })
  }
}
