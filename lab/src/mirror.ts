import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suites } from './model.ts'

const official = 'http://deb.debian.org/debian'

/** Where this machine itself gets Debian packages; the official host on a machine that is no Debian. */
export async function debianMirror(): Promise<string> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID=debian$/m.test(osRelease)) return official
  for (const text of await aptSources()) {
    const found = firstMirror(text)
    if (found) return found
  }
  return official
}

/** The first mirror that a sources file, of either format, names for a release's main archive. */
export function firstMirror(text: string): string | undefined {
  const codeNames = [...Object.values(suites), 'forky', 'sid', 'stable', 'testing']
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:\\s*(.+)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? []
    if (field('Suites').some((suite) => codeNames.includes(suite))) return trimmed(field('URIs')[0])
  }
  for (const line of text.split('\n')) {
    const found = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s/.exec(line)
    if (found?.[2] && codeNames.includes(found[2])) return trimmed(found[1])
  }
  return undefined
}

function trimmed(url: string | undefined): string | undefined {
  return url?.replace(/\/$/, '')
}

async function aptSources(): Promise<string[]> {
  const directory = '/etc/apt/sources.list.d'
  const names = await readdir(directory).catch(() => [])
  const files = names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(directory, name))
  return Promise.all(['/etc/apt/sources.list', ...files.sort()].map((file) => readFile(file, 'utf8').catch(() => '')))
}
