import { execFile } from 'node:child_process'
import { homedir, userInfo } from 'node:os'
import pLimit from 'p-limit'
import { UserError } from '../errors.ts'
import { expandHome } from './load.ts'
import { type ConfigFile, isPlain } from './plain-host.ts'

/** What ssh_config says for a host, by keyword in lower case, where it differs from what an empty one would say. */
export type Settings = ReadonlyMap<string, readonly string[]>

/** A host as it would be named to ssh. */
export interface Hop {
  readonly address: string
  /** Empty where the command line would not name one. */
  readonly user: string
  /** Undefined where the command line would not name one. */
  readonly port?: number | undefined
}

/** The operator's ssh configuration. Throws UserError where ssh does not understand it, or there is no ssh to ask. */
export type SshConfig = (hop: Hop) => Promise<Settings>

/** Seconds. `Match exec` runs programs of the operator's. */
const PATIENCE = 30

/**
 * Reads the configuration as OpenSSH does, by asking it (`ssh -G`): once for each host of which the files say something.
 * @param given instead of the operator's own file; then the machine's (/etc/ssh/ssh_config) is not read, as with `ssh -F`
 */
export function createSshConfig(given?: string): SshConfig {
  const { files, named } = configFiles(given)
  const limit = pLimit(8)
  const asked = new Map<string, Promise<Settings>>()
  let empty: Promise<Settings> | undefined

  const ask = async (hop: Hop): Promise<Settings> => {
    const words = [
      ...(named === undefined ? [] : ['-F', named]),
      ...(hop.user === '' ? [] : ['-l', hop.user]),
      ...(hop.port === undefined ? [] : ['-p', String(hop.port)]),
    ]
    const found = await limit(() => run([...words, '--', hop.address]))
    empty ??= limit(() => run(['-F', '/dev/null', '--', 'localhost']))
    const without = await empty
    return new Map([...found].filter(([key, values]) => values.join('\n') !== without.get(key)?.join('\n')))
  }

  return async (hop) => {
    if (isPlain(files, hop.address)) return new Map()
    const key = JSON.stringify([hop.address, hop.user, hop.port])
    const settings = asked.get(key) ?? ask(hop)
    asked.set(key, settings)
    return settings
  }
}

/** The files, and the one that has to be named to ssh, which goes by the account's home and not by HOME. */
function configFiles(given: string | undefined): { files: readonly ConfigFile[]; named?: string } {
  const { homedir: home } = userInfo()
  const own = { path: given ?? expandHome('~/.ssh/config'), includes: `${home}/.ssh` }
  if (given !== undefined || homedir() !== home) return { files: [own], named: own.path }
  return { files: [own, { path: '/etc/ssh/ssh_config', includes: '/etc/ssh' }] }
}

function run(words: readonly string[]): Promise<Settings> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PATIENCE * 1000, maxBuffer: 1_000_000 }
    const child = execFile('ssh', ['-G', '-T', ...words], options, (error, stdout, stderr) => {
      if (error === null) resolve(parse(stdout))
      else reject(refusal(error, stderr, words.at(-1) ?? ''))
    })
    child.stdin?.end()
  })
}

function parse(text: string): Settings {
  const settings = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? []
    const name = key.toLowerCase()
    if (name !== '') settings.set(name, [...(settings.get(name) ?? []), value])
  }
  return settings
}

function refusal(error: Error & { code?: unknown; killed?: boolean }, said: string, address: string): UserError {
  if (error.code === 'ENOENT')
    return new UserError(
      `the ssh configuration has settings for ${address}, and no ssh client is installed to read it`,
      'install openssh-client (openssh-clients on the RHEL family), or move the settings from ~/.ssh/config to the inventory',
    )
  if (error.killed)
    return new UserError(
      `ssh -G ${address} did not finish within ${PATIENCE} s`,
      `run it yourself: ssh -G ${address}; check the programs of Match exec`,
    )
  const reason = said.trim().split('\n').join('; ') || error.message
  return new UserError(
    `ssh rejects its configuration for ${address}: ${reason}`,
    `correct it, and check it with ssh -G ${address}`,
  )
}
