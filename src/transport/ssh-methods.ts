import type { Problem } from '../errors.ts'
import type { Settings } from './ssh-client.ts'

/** A method of SSH to log in. */
export type Method = 'publickey' | 'password' | 'keyboard-interactive'

/** What of ssh_config switches each off. */
export const switches = new Map<Method, readonly string[]>([
  ['publickey', ['PubkeyAuthentication']],
  ['password', ['PasswordAuthentication']],
  // OpenSSH before 8.7 has two settings for it.
  ['keyboard-interactive', ['KbdInteractiveAuthentication', 'ChallengeResponseAuthentication']],
])

/** All of them, in the order in which they are tried where ssh_config names none. */
export const usualMethods = [...switches.keys()]

/** What the inventory has to log in with. */
interface Logins {
  readonly address: string
  readonly identityFile?: string | undefined
  readonly password?: string | undefined
}

/**
 * The methods that ssh_config leaves, in its order; undefined where it leaves all in the usual one.
 * @param wrong is told where none is left of those that the inventory has something for: a `no` of ssh_config holds for it
 */
export function loginMethods(
  settings: Settings,
  logins: Logins,
  wrong: (problem: Problem) => void,
): readonly Method[] | undefined {
  const value = (name: string): string | undefined => settings.get(name.toLowerCase())?.[0]
  const off = [...switches.values()].flat().filter((name) => isNo(value(name)))
  const preferred = value('PreferredAuthentications')
  if (off.length === 0 && preferred === undefined) return undefined
  const left = (preferred?.split(',') ?? usualMethods).filter(
    (method): method is Method => switches.get(method as Method)?.every((name) => !off.includes(name)) === true,
  )
  const { address, identityFile, password } = logins
  const wanted: Method[] = password === undefined ? [] : ['password', 'keyboard-interactive']
  if (identityFile !== undefined || password === undefined) wanted.push('publickey')
  if (wanted.some((method) => left.includes(method))) return left
  const has = Object.entries({ key: identityFile, password }).flatMap(([name, it]) => (it === undefined ? [] : [name]))
  const reasons = [
    ...off.map((name) => `${name} no`),
    ...(preferred === undefined ? [] : [`PreferredAuthentications ${preferred}`]),
  ]
  const only = has.length === 0 ? 'no password' : `only a ${has.join(' and a ')}`
  wrong({
    message: `the ssh configuration allows no login method for ${address}: ${reasons.join(', ')}, and the inventory has ${only}`,
    hint: `allow one for this host in the ssh configuration, above the line that forbids it${has.length === 0 ? ', or set ssh.password' : ''}`,
  })
  return left
}

/** ssh prints no in either way, by setting and version. */
function isNo(value: string | undefined): boolean {
  return value === 'no' || value === 'false'
}
