import type { Problem } from '../errors.ts'
import type { Settings } from './ssh-client.ts'
import { supported } from './ssh2-internals.ts'

/** Algorithms that ssh_config allows, its first choice first; undefined: what is usual here. */
export interface Algorithms {
  readonly kex?: readonly string[] | undefined
  readonly cipher?: readonly string[] | undefined
  readonly hmac?: readonly string[] | undefined
  /** What the host's key may sign with. */
  readonly serverHostKey?: readonly string[] | undefined
  /** What keys to log in by may sign with, among them some that only an agent can do. */
  readonly publicKey?: readonly string[] | undefined
  /** Bits that an RSA key has to have, the host's and those to log in by. */
  readonly rsaBits?: number | undefined
}

const lists = [
  ['kex', 'KexAlgorithms'],
  ['cipher', 'Ciphers'],
  ['hmac', 'MACs'],
  ['serverHostKey', 'HostKeyAlgorithms'],
] as const

/**
 * Of the lists of ssh_config what the SSH library has, too: what the operator does not allow is never agreed on.
 * @param wrong is told where nothing is left of a list
 */
export function algorithmsOf(settings: Settings, address: string, wrong: (problem: Problem) => void): Algorithms {
  const one = (name: string): string | undefined => settings.get(name.toLowerCase())?.[0]
  const common = lists.map(([kind, name]) => {
    const allowed = one(name)?.split(',')
    const left = allowed?.filter((algorithm) => supported[kind].includes(algorithm))
    if (left?.length === 0)
      wrong({
        message: `none of ${name} in the ssh configuration for ${address} is supported: ${allowed?.join(',')}`,
        hint: `allow one of these for this host: ${supported[kind].join(', ')}`,
      })
    return [kind, left] as const
  })
  const bits = one('RequiredRSASize') ?? one('RSAMinSize')
  return {
    ...Object.fromEntries(common),
    publicKey: (one('PubkeyAcceptedAlgorithms') ?? one('PubkeyAcceptedKeyTypes'))?.split(','),
    rsaBits: bits === undefined ? undefined : Number(bits),
  }
}
