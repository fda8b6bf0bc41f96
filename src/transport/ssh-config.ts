import { createHash } from 'node:crypto'
import { homedir, hostname, userInfo } from 'node:os'
import { entryOf } from '../entry-of.ts'
import { type Problem, UserError } from '../errors.ts'
import { type Jump, parseJumps } from '../inventory/hosts/jump.ts'
import type { HostKeyMode } from './host-keys.ts'
import { expandHome, usualIdentities } from './load.ts'
import { type Algorithms, algorithmsOf } from './ssh-algorithms.ts'
import type { Settings, SshConfig } from './ssh-client.ts'
import { type Keyword, keywords } from './ssh-keywords.ts'
import { loginMethods, type Method } from './ssh-methods.ts'
import type { Target } from './transport.ts'

/** The way to one machine, all settings settled. */
export interface Route {
  readonly address: string
  readonly port: number
  readonly user: string
  /** Private keys, or public ones of keys that the agent holds; undefined: the usual ones. */
  readonly identityFiles?: readonly string[] | undefined
  /** Certificates for them, beside those that lie beside them. */
  readonly certificateFiles?: readonly string[] | undefined
  /** Whether the inventory names them: then it is an error if one cannot be used. ssh passes over such of its own. */
  readonly identitiesNamed: boolean
  /** Only these, of the agent, too. */
  readonly identitiesOnly: boolean
  /** The agent's socket; undefined: none is asked. */
  readonly agent?: string | undefined
  readonly password?: string | undefined
  readonly hostKeys: HostKeyMode
  /** As known_hosts has it, instead of address and port. */
  readonly hostKeyAlias?: string | undefined
  /** Beside the cluster's own; undefined: the operator's and the machine's. */
  readonly knownHostsFiles?: readonly string[] | undefined
  /** Of its addresses only those of this family; undefined: whichever answers. */
  readonly family?: 4 | 6 | undefined
  /** The methods to log in by, in that order; undefined: all that there are. */
  readonly methods?: readonly Method[] | undefined
  readonly algorithms: Algorithms
  /** The bastion before it. */
  readonly via?: Route | undefined
}

interface Destination extends Omit<Target, 'name' | 'sudoPassword'> {
  /** Of a bastion: a key that is tried where nothing names one for it. */
  readonly otherIdentity?: string | undefined
}

/** Is told of a setting that may matter, and of which it is not known how: its keyword in lower case, and its value. */
export type OnUnknown = (keyword: string, value: string) => void

/**
 * What the inventory says, completed by the operator's ssh configuration. The inventory wins where it says something: a
 * user, a port, an identity file, jump hosts. Of the two rules for unknown host keys the stricter one holds.
 * Throws UserError for settings that are not supported and would be silently left out otherwise.
 */
export function resolveRoute(target: Destination, config: SshConfig, onUnknown: OnUnknown = () => {}): Promise<Route> {
  return resolve(target, config, onUnknown, 0)
}

async function resolve(target: Destination, config: SshConfig, onUnknown: OnUnknown, depth: number): Promise<Route> {
  if (depth > 4)
    throw new UserError(`the jump hosts of ${target.address} form a circle`, 'correct ssh.jump or ProxyJump')
  const settings = await config(target)
  const one = (key: string): string | undefined => settings.get(key)?.[0]
  const problems = refusals(target, settings, depth > 0)
  const wrong = (problem: Problem): void => void problems.push(problem)
  const algorithms = algorithmsOf(settings, target.address, wrong)
  const methods = loginMethods(settings, target, wrong)
  if (problems.length > 0) throw new UserError(problems)
  for (const [keyword, values] of settings) if (!keywords.has(keyword)) onUnknown(keyword, values.join(' '))
  const host: HostNames = {
    original: target.address,
    address: one('hostname') ?? target.address,
    port: target.port ?? Number(one('port') ?? 22),
    user: target.user || one('user') || userInfo().username,
    alias: one('hostkeyalias')?.toLowerCase(),
    jump: one('proxyjump') ?? '', // what %j and %C stand for
  }
  const others = target.otherIdentity === undefined ? undefined : [target.otherIdentity, ...usualIdentities]
  const files = target.identityFile === undefined ? (settings.get('identityfile') ?? others) : [target.identityFile]
  const jumps = target.jump ?? parseJump(one('proxyjump'))
  return {
    address: host.address,
    port: host.port,
    user: host.user,
    identityFiles: files?.filter((file) => file !== 'none').map((file) => expand(file, host)),
    certificateFiles: settings
      .get('certificatefile')
      ?.filter((file) => file !== 'none')
      .map((file) => expand(file, host)),
    identitiesNamed: target.identityFile !== undefined,
    identitiesOnly: isYes(one('identitiesonly')),
    agent: agentSocket(one('identityagent'), host),
    password: target.password,
    hostKeys: isYes(one('stricthostkeychecking')) ? 'strict' : target.hostKeys,
    hostKeyAlias: host.alias,
    knownHostsFiles: knownHostsFiles(settings),
    family: families.get(one('addressfamily') ?? ''),
    methods,
    algorithms,
    via: jumps === undefined ? undefined : await resolve(jumpTarget(jumps, target), config, onUnknown, depth + 1),
  }
}

/** What is set and not supported, unless it does no harm. */
function refusals(target: Destination, settings: Settings, bastion: boolean): Problem[] {
  const harmless: Readonly<Record<NonNullable<Keyword['unless']>, boolean>> = {
    jump: target.jump !== undefined,
    login: target.identityFile !== undefined || target.password !== undefined,
    bastion,
  }
  return [...settings].flatMap(([key, [value = '']]) => {
    const keyword = keywords.get(key)
    if (keyword?.effect !== 'refused' || ['none', 'no', 'false', 'ask'].includes(value)) return []
    if (keyword.unless !== undefined && harmless[keyword.unless]) return []
    const message = `the ssh configuration has ${keyword.name} for ${target.address}, which is not supported`
    return [{ message, hint: keyword.what }]
  })
}

/** What AddressFamily may be. */
const families: ReadonlyMap<string, 4 | 6> = new Map(Object.entries({ inet: 4, inet6: 6 }))

/** ssh prints yes in either way, by setting and version. */
function isYes(value: string | undefined): boolean {
  return value === 'yes' || value === 'true'
}

/** An IdentityAgent as ssh takes it: a path, a variable that holds one, none, or the usual variable by its name. */
function agentSocket(setting: string | undefined, host: HostNames): string | undefined {
  if (setting === 'none') return undefined
  if (setting === undefined || setting === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK
  const variable = /^\$([A-Za-z_]\w*)$/.exec(setting)?.[1]
  return variable === undefined ? expand(setting, host) : entryOf(process.env, variable)
}

/** Several names stand in one line; ssh has put in what tokens stand for. */
function knownHostsFiles(settings: Settings): string[] | undefined {
  const [user, global] = [settings.get('userknownhostsfile')?.[0], settings.get('globalknownhostsfile')?.[0]]
  if (user === undefined && global === undefined) return undefined
  return [
    user ?? '~/.ssh/known_hosts ~/.ssh/known_hosts2',
    global ?? '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2',
  ]
    .flatMap((names) => names.split(' '))
    .filter((name) => name !== 'none' && name !== '')
    .map(expandHome)
}

/** What tokens stand for. */
interface HostNames {
  readonly original: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly alias: string | undefined
  readonly jump: string
}

/** A path of ssh_config with `~`, `%` tokens and `${VARIABLE}`. Throws UserError for what has no meaning. */
function expand(path: string, host: HostNames): string {
  const here = hostname()
  const tokens: ReadonlyMap<string, string> = new Map(
    Object.entries({
      '%': '%',
      C: createHash('sha1').update(`${here}${host.address}${host.port}${host.user}${host.jump}`).digest('hex'),
      d: homedir(),
      h: host.address,
      i: String(userInfo().uid),
      j: host.jump,
      k: host.alias ?? host.original,
      L: here.split('.')[0] ?? '',
      l: here,
      n: host.original,
      p: String(host.port),
      r: host.user,
      u: userInfo().username,
    }),
  )
  const means = (found: string, value: string | undefined): string => {
    if (value !== undefined) return value
    throw new UserError(
      `${found} in ${path} of the ssh configuration has no value for ${host.original}`,
      'correct the token (man ssh_config lists them), or set the variable',
    )
  }
  return expandHome(path)
    .replace(/%(.?)/g, (found, token: string) => means(found, tokens.get(token)))
    .replace(/\$\{([^}]*)\}/g, (found, name: string) => means(found, entryOf(process.env, name)))
}

function parseJump(jump: string | undefined): readonly Jump<string>[] | undefined {
  if (jump === undefined) return undefined
  const jumps = parseJumps(jump)
  if (jumps === undefined)
    throw new UserError(`${JSON.stringify(jump)} is not a jump host`, 'write it as [user@]host[:port]')
  return jumps
}

/**
 * The last of the bastions, which the others lead to. What is said of the hosts is not said of it: their password is never
 * sent to it, and their key only where neither the inventory nor ssh_config names one for it.
 */
function jumpTarget(jumps: readonly Jump<string>[], target: Destination): Destination {
  const last = jumps.at(-1) as Jump<string>
  return {
    ...last,
    user: last.user ?? '',
    otherIdentity: target.identityFile ?? target.otherIdentity,
    hostKeys: target.hostKeys,
    jump: jumps.length > 1 ? jumps.slice(0, -1) : undefined,
  }
}
