import { matchesPattern } from './known-hosts.ts'
import { listDirectory, readOptional } from './load.ts'

/** A file of ssh_config's, and where its Include looks for relative names. */
export interface ConfigFile {
  readonly path: string
  readonly includes: string
}

/** What says nothing of where a host is, how it is let in to, or whom it is taken for. In lower case. */
const irrelevant = new Set(
  `addkeystoagent casignaturealgorithms ciphers clearallforwardings compression connectionattempts connecttimeout
  controlmaster controlpath controlpersist dynamicforward enableescapecommandline escapechar exitonforwardfailure
  fingerprinthash forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports
  gssapiauthentication gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey
  gssapitrustdns hashknownhosts hostbasedacceptedalgorithms hostbasedauthentication hostkeyalgorithms ipqos
  kexalgorithms localcommand localforward loglevel logverbose macs numberofpasswordprompts obscurekeystroketiming
  permitlocalcommand permitremoteopen pubkeyacceptedalgorithms rekeylimit remoteforward requesttty requiredrsasize
  sendenv serveralivecountmax serveraliveinterval setenv streamlocalbindmask streamlocalbindunlink syslogfacility
  tcpkeepalive tunnel tunneldevice updatehostkeys visualhostkey xauthlocation`.split(/\s+/),
)

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
    else if (!concerned || key === '' || irrelevant.has(key)) continue
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
