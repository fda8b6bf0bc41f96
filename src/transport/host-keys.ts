import { appendLine } from '../disk/durable.ts'
import { rsaBits } from './certificate.ts'
import {
  fingerprint,
  judgeHostKey,
  type KnownHost,
  knownHostLine,
  knownHostName,
  knownTypes,
  parseKnownHosts,
} from './known-hosts.ts'
import { expandHome, readOptional } from './load.ts'
import type { HostNotice } from './notice.ts'
import { messageOf, RefusedError } from './refusal.ts'
import type { Algorithms } from './ssh-algorithms.ts'

/** `pin` records an unknown key on first contact; `strict` refuses it. */
export type HostKeyMode = 'pin' | 'strict'

/** What ssh_config says of how a host is known. */
export interface KnownAs {
  /** Instead of address and port. */
  readonly hostKeyAlias?: string | undefined
  /** Instead of the operator's and the machine's files. */
  readonly knownHostsFiles?: readonly string[] | undefined
  readonly algorithms?: Algorithms | undefined
}

/** Decides whom we are talking to. */
export interface HostKeys {
  /** For the key exchange: the types this host is known by come first. */
  algorithms(address: string, port: number, as?: KnownAs): string[]
  /** Returns when the key is trusted; throws RefusedError with what to do otherwise. */
  verify(
    address: string,
    port: number,
    blob: Buffer,
    mode: HostKeyMode,
    notify: (notice: HostNotice) => void,
    as?: KnownAs,
  ): void
}

const usualFiles = [
  '~/.ssh/known_hosts',
  '~/.ssh/known_hosts2',
  '/etc/ssh/ssh_known_hosts',
  '/etc/ssh/ssh_known_hosts2',
]

/** What is asked of a server's key, best first; no SHA-1 signatures, unless ssh_config allows them. */
const offered = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** The type of the keys that an algorithm signs with. */
function typeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm
}

/**
 * Reads each known_hosts file once; keys pinned meanwhile are kept beside.
 * @param knownHostsFile where keys are pinned: `.provision/CLUSTER/known_hosts` beside the inventory
 */
export function createHostKeys(knownHostsFile: string): HostKeys {
  const read = new Map<string, KnownHost[]>()
  const entriesOf = (file: string): KnownHost[] => {
    const entries = read.get(file) ?? parseKnownHosts(readOptional(file)?.toString('utf8') ?? '', file)
    read.set(file, entries)
    return entries
  }
  const known = (as?: KnownAs): KnownHost[] =>
    [knownHostsFile, ...(as?.knownHostsFiles ?? usualFiles.map(expandHome))].flatMap(entriesOf)
  const nameOf = (address: string, port: number, as?: KnownAs): string =>
    as?.hostKeyAlias ?? knownHostName(address, port)

  return {
    algorithms(address, port, as) {
      const types = knownTypes(known(as), nameOf(address, port, as))
      const isKnown = (algorithm: string): boolean => types.includes(typeOf(algorithm))
      const allowed = as?.algorithms?.serverHostKey ?? offered
      return [...allowed.filter(isKnown), ...allowed.filter((algorithm) => !isKnown(algorithm))]
    },
    verify(address, port, blob, mode, notify, as) {
      const name = nameOf(address, port, as)
      const verdict = judgeHostKey(known(as), name, blob)
      const shown = fingerprint(blob)
      const [bits, least] = [rsaBits(blob), as?.algorithms?.rsaBits]
      if (bits !== undefined && least !== undefined && bits < least) {
        throw new RefusedError(
          `its host key ${shown} is an RSA key of ${bits} bits, and the ssh configuration requires ${least} (RequiredRSASize)`,
          'create another host key: ssh-keygen -A creates the missing ones',
        )
      }
      if (verdict.kind === 'known') return
      if (verdict.kind === 'revoked') {
        throw new RefusedError(
          `its host key ${shown} is revoked (${place(verdict.entry)})`,
          'do not connect; create a new host key there',
        )
      }
      if (verdict.kind === 'changed') throw changed(name, shown, verdict.entry)
      // Pinning whatever is shown would be less than the operator's own rule.
      if (verdict.kind === 'certified') {
        throw new RefusedError(
          `its host key ${shown} is not known, and host certificates (${place(verdict.entry)}) are not supported`,
          `compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then add it to ${knownHostsFile}`,
        )
      }
      if (mode === 'strict') {
        throw new RefusedError(
          `its host key ${shown} is not known`,
          `compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then add it to ${knownHostsFile}`,
        )
      }
      const line = knownHostLine(name, blob)
      record(knownHostsFile, line)
      entriesOf(knownHostsFile).push(...parseKnownHosts(line, knownHostsFile))
      notify({ kind: 'host-key-pinned', fingerprint: shown, file: knownHostsFile })
    },
  }
}

/** A key that cannot be recorded is not trusted either: the next contact would take whatever it is shown. */
function record(file: string, line: string): void {
  try {
    appendLine(file, line)
  } catch (error) {
    throw new RefusedError(
      `its host key is not known and cannot be stored: ${messageOf(error)}`,
      `make ${file} writable and free disk space, or add the key to your own known_hosts`,
    )
  }
}

function changed(name: string, shown: string, entry: KnownHost): RefusedError {
  const before = fingerprint(Buffer.from(entry.key, 'base64'))
  return new RefusedError(
    `its host key has changed: ${entry.type} ${before} was known (${place(entry)}), now it is ${shown}`,
    `if the host was reinstalled, remove the old key: ssh-keygen -R '${name}' -f ${entry.file}; if not, suspect an attack on the connection`,
  )
}

function place(entry: KnownHost): string {
  return `${entry.file}:${entry.line}`
}
