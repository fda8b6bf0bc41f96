import { matchesPattern } from './known-hosts.ts'
import { listDirectory, readOptional } from './load.ts'
import { keywords } from './ssh-keywords.ts'

/** A file of ssh_config's, and where its Include looks for relative names. */
export interface ConfigFile {
  readonly path: string
  readonly includes: string
}

/**
 * Whether the files say nothing of a host that matters here, so that ssh need not be asked. Where that is not plain to see
 * (Match, a name in quotes, an Include of many directories), it is not plain.
 */
export function isPlain(files: readonly ConfigFile[], address: string): boolean {
  return files.every((file) => isPlainFile(file, address, 0))
}

function isPlainFile({ path, includes }: ConfigFile, address: string, depth: number): boolean {
  let concerned = true
  for (const line of textOf(path).split('\n')) {
    const [, keyword = '', rest = ''] = /^\s*([^\s=#]+)(?:\s*=\s*|\s+)?(.*)$/.exec(line) ?? []
    const key = keyword.toLowerCase()
    if (key === 'host') concerned = rest.split(/[\s"']+/).some((pattern) => mayMatch(pattern, address))
    else if (key === 'match') concerned = true
    else if (!concerned || key === '' || keywords.get(key)?.effect === 'none') continue
    else if (key !== 'include' || depth >= 16) return false
    else if (!included(rest, includes).every((one) => isPlainFile({ path: one, includes }, address, depth + 1)))
      return false
  }
  return true
}

/** A pattern that leaves hosts out only narrows what others let in. */
function mayMatch(pattern: string, address: string): boolean {
  return !pattern.startsWith('!') && matchesPattern(pattern, address.toLowerCase())
}

/** What an Include may name: of a pattern, all files of its directory. */
function included(rest: string, base: string): string[] {
  const paths = rest
    .split(/\s+/)
    .filter((name) => name !== '')
    .map((name) => (name.startsWith('/') ? name : `${base}/${name}`))
  return paths.flatMap((path) => {
    const [, directory = '', last = ''] = /^(.*)\/([^/]*)$/.exec(path) ?? []
    const many = last.includes('*') && !special.test(directory)
    return many ? listDirectory(directory).map((entry) => `${directory}/${entry}`) : [path]
  })
}

/** Quotes, tokens and patterns in a path. */
const special = /["'~$%*?[\\]/

/** What cannot be read, a directory among them, is left for ssh to judge. */
function textOf(path: string): string {
  if (special.test(path)) return 'unclear'
  try {
    return readOptional(path)?.toString('utf8') ?? ''
  } catch {
    return 'unclear'
  }
}
