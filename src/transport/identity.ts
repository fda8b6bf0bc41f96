import { catalogue } from '../catalogue/load.ts'
import { ProtocolError, UnreachableError } from '../errors.ts'
import { readNodeIdentity } from './node-identity.ts'
import type { HostIdentity } from './transport.ts'

/** By os-release ID, of systems and of those that others say they are like. */
const families = new Map(catalogue.systems.map((each) => [each.id, each.family]))

const architectures: ReadonlyMap<string, 'amd64' | 'arm64'> = new Map(
  Object.entries({
    x86_64: 'amd64',
    amd64: 'amd64',
    aarch64: 'arm64',
    arm64: 'arm64',
  }),
)

/** Whether these are the words of a session's greeting. */
export function isHello(words: readonly string[]): boolean {
  return words[0] === 'hello' && words[1] === 'v1'
}

/**
 * Reads the answer `hello v1 id=debian like=… …` of a session.
 * @param askedAt our clock, in seconds, before the host took its time
 * @param heardAt and after
 * Throws UnreachableError for a host that we cannot provision, and says why.
 */
export function parseHello(words: readonly string[], askedAt: number, heardAt: number): HostIdentity {
  const fields = new Map(words.slice(2).map((word) => splitOnce(word)))
  const get = (name: string): string => fields.get(name) ?? ''
  const id = get('id')
  // Kylin's desktop says kylin as its server does, and that it is like Debian.
  const family = [...get('like').split(','), id].map((name) => families.get(name)).find((name) => name !== undefined)
  const arch = architectures.get(get('arch'))
  if (family === undefined) {
    throw new UnreachableError(
      `its system ${id || 'without an os-release'} is unknown`,
      'use a system of docs/reference/supported-systems.md: Debian, Ubuntu, or one of the RHEL family',
    )
  }
  if (arch === undefined)
    throw new UnreachableError(`its processor ${get('arch')} is not supported`, 'use an x86_64 or arm64 host')
  if (get('init') !== 'systemd') {
    throw new UnreachableError(
      `it runs ${get('init') || 'an unknown init'}, not systemd`,
      'use a host booted with systemd: Kubernetes and Docker run as systemd units',
    )
  }
  if (get('missing') !== '') {
    throw new UnreachableError(
      `it lacks ${get('missing').split(',').join(', ')}`,
      'install coreutils and util-linux there',
    )
  }
  const time = Number(/^\d+(\.\d+)?/.exec(get('time'))?.[0] ?? Number.NaN)
  if (Number.isNaN(time) || get('boot') === '') throw new ProtocolError('the greeting lacks a time or a boot ID')
  return {
    family,
    id,
    version: get('version'),
    codename: get('codename'),
    arch,
    bootId: get('boot'),
    // Until its first boot has ended it is empty or `uninitialized`: https://www.freedesktop.org/software/systemd/man/machine-id.html
    machineId: /^[0-9a-f]{32}$/.exec(get('machine'))?.[0] ?? '',
    pidNamespace: get('pids'),
    hostname: get('hostname'),
    node: readNodeIdentity(get),
    // A host that is slow to answer is not wrong about the time: what can be sure is counted.
    clockOffset: time < askedAt ? time - askedAt : Math.max(0, time - heardAt),
  }
}

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=')
  return at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
}
