import { homedir, userInfo } from 'node:os'
import SSHConfig from 'ssh-config'
import { UserError } from '../errors.ts'
import type { HostKeyMode } from './host-keys.ts'
import { expandHome } from './load.ts'
import type { Target } from './transport.ts'

/** The way to one machine, all settings settled. */
export interface Route {
  readonly address: string
  readonly port: number
  readonly user: string
  /** Asked for by name: it is an error if one cannot be used. */
  readonly identityFiles: readonly string[]
  readonly password?: string | undefined
  readonly hostKeys: HostKeyMode
  /** The bastion before it. */
  readonly via?: Route | undefined
}

type Destination = Omit<Target, 'name' | 'sudoPassword'>

/** Reads an ssh_config's text. Throws UserError where it cannot be understood. */
export function parseSshConfig(text: string, file: string): SSHConfig {
  try {
    return SSHConfig.parse(text)
  } catch (error) {
    throw new UserError(
      `${file}: ${error instanceof Error ? error.message : String(error)}`,
      'correct the file, or ask ssh -G HOST what it makes of it',
    )
  }
}

/**
 * What the inventory says, completed by the operator's ssh_config: HostName, User, Port, IdentityFile, ProxyJump.
 * The inventory wins where it says something: a user, a port other than 22, an identity file, a jump host.
 * Throws UserError for a ProxyCommand, which would be silently left out otherwise.
 */
export function resolveRoute(target: Destination, config: SSHConfig): Route {
  return resolve(target, config, 0)
}

function resolve(target: Destination, config: SSHConfig, depth: number): Route {
  if (depth > 4)
    throw new UserError(`the jump hosts before ${target.address} lead in a circle`, 'look at ssh.jump and ProxyJump')
  const found = config.compute(target.address, { ignoreCase: true, matchExec: false } as never) as Record<
    string,
    string | string[]
  >
  const one = (key: string): string | undefined => [found[key] ?? []].flat()[0]
  const address = one('hostname')?.replaceAll('%h', target.address) ?? target.address
  const user = target.user || one('user') || userInfo().username
  const files = target.identityFile === undefined ? [found.identityfile ?? []].flat() : [target.identityFile]
  const jump = target.jump ?? (one('proxyjump') === 'none' ? undefined : one('proxyjump'))
  if (jump === undefined && !['none', undefined].includes(one('proxycommand'))) {
    throw new UserError(
      `the ssh configuration reaches ${target.address} by a ProxyCommand, which is not supported`,
      'use ProxyJump there, or ssh.jump in the inventory',
    )
  }
  return {
    address,
    port: target.port === 22 ? Number(one('port') ?? 22) : target.port,
    user,
    identityFiles: files.map((file) =>
      expandHome(file.replaceAll('%d', homedir()).replaceAll('%h', address).replaceAll('%r', user)),
    ),
    password: target.password,
    hostKeys: target.hostKeys,
    via: jump === undefined ? undefined : resolve(jumpTarget(jump, target), config, depth + 1),
  }
}

/** `[user@]host[:port]`, or several with commas between: the last is the nearest to the target. */
function jumpTarget(jump: string, target: Destination): Destination {
  const hops = jump.split(',').map((hop) => hop.trim())
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(hops.at(-1) ?? '')
  if (!match) throw new UserError(`${JSON.stringify(jump)} is no jump host`, 'write it as [user@]host[:port]')
  return {
    address: (match[2] ?? '').replace(/^\[|\]$/g, ''),
    port: Number(match[3] ?? 22),
    user: match[1] ?? '',
    identityFile: target.identityFile,
    hostKeys: target.hostKeys,
    jump: hops.length > 1 ? hops.slice(0, -1).join(',') : undefined,
  }
}
