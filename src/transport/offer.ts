import { sign as signWith } from 'node:crypto'
import ssh2, { type AnyAuthMethod, type Client, type ParsedKey, type SignCallback } from 'ssh2'
import type { Agent } from './agent.ts'
import { withSignature } from './ssh2-internals.ts'
import { mpint, readString, string } from './wire.ts'

/** Makes a method of the SSH library that offers one key. */
export type Offer = (username: string, client: () => Client) => AnyAuthMethod

/** A key of a file. `algorithm`: as {@link signingAlgorithm} has it. */
export function keyOffer(key: ParsedKey, algorithm: string): Offer {
  if (algorithm === key.type) return (username) => ({ type: 'publickey', username, key })
  return foreignOffer(algorithm, key.getPublicSSH(), async (data) => signature(key, data, algorithm))
}

/** A key or certificate that an agent holds. */
export function agentOffer(agent: Agent, blob: Buffer, algorithm: string): Offer {
  const key = ssh2.utils.parseKey(blob)
  if (key instanceof Error || algorithm !== key.type)
    return foreignOffer(algorithm, blob, (data) => agent.sign(blob, data, agentFlags(algorithm)))
  return (username) => ({
    type: 'agent',
    username,
    agent: new OneKey(key, async (data, hash) => {
      const signature = await agent.sign(blob, data, agentFlags(`rsa-sha2-${hash?.slice('sha'.length)}`))
      // The library puts the algorithm in front itself.
      return readString(signature, 4 + readString(signature, 0).length)
    }),
  })
}

/** A certificate of which the private key is in a file. */
export function certificateOffer(key: ParsedKey, blob: Buffer, algorithm: string): Offer {
  return foreignOffer(algorithm, blob, async (data) => signature(key, data, algorithm))
}

/** How an agent is told the hash of an RSA signature, SHA-1 without it (draft-ietf-sshm-ssh-agent, 3.6.1). */
function agentFlags(algorithm: string): number {
  return algorithm.startsWith('rsa-sha2-512') ? 4 : algorithm.startsWith('rsa-sha2-256') ? 2 : 0
}

/** What the library knows no such keys of: certificates, and those of security keys. The signature comes whole. */
function foreignOffer(algorithm: string, blob: Buffer, sign: (data: Buffer) => Promise<Buffer>): Offer {
  const key = Object.create(anyKey, {
    type: { value: algorithm },
    getPublicSSH: { value: () => blob },
  }) as ParsedKey
  return (username, client) => ({
    type: 'agent',
    username,
    agent: new OneKey(key, sign, (whole, done) => withSignature(client(), algorithm, whole, done)),
  })
}

/** Of a type by which the library takes it for a key; nothing of it is ever sent. */
const anyKey = ssh2.utils.parseKey(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
) as ParsedKey

/** What RSA keys, and certificates for them, can sign with, best first. */
const rsaAlgorithms: ReadonlyMap<string, readonly string[]> = new Map([
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
  ['ssh-rsa-cert-v01@openssh.com', ['rsa-sha2-512-cert-v01@openssh.com', 'rsa-sha2-256-cert-v01@openssh.com']],
])

/**
 * By which algorithm a key of that type signs; undefined where none is accepted. For an RSA key `ssh-rsa` means that the
 * library chooses by what the server takes, SHA-1 in the end.
 * @param accepted undefined: all
 */
export function signingAlgorithm(type: string, accepted: readonly string[] | undefined): string | undefined {
  const better = rsaAlgorithms.get(type)
  const has = (algorithm: string): boolean => accepted?.includes(algorithm) ?? true
  if (better === undefined) return has(type) ? type : undefined
  return type === 'ssh-rsa' && [type, ...better].every(has) ? type : better.find(has)
}

/** An agent of one key, since the library goes on to the next key of an agent before it says what came of the last. */
class OneKey extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: ParsedKey
  readonly #sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>
  readonly #deliver: (signature: Buffer, done: () => void) => void

  constructor(
    key: ParsedKey,
    sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>,
    deliver: (signature: Buffer, done: () => void) => void = (_signature, done) => done(),
  ) {
    super()
    this.#key = key
    this.#sign = sign
    this.#deliver = deliver
  }

  override getIdentities(done: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
    done(null, [this.#key])
  }

  override sign(_key: ParsedKey, data: Buffer, options: unknown, done?: SignCallback): void {
    const answer = (done ?? options) as SignCallback
    const { hash } = (typeof options === 'object' ? options : {}) as { hash?: string }
    this.#sign(data, hash).then(
      (signed) => this.#deliver(signed, () => answer(undefined, signed)),
      (error: Error) => answer(error),
    )
  }
}

/** A signature as SSH sends it, by a key of a file. */
function signature(key: ParsedKey, data: Buffer, algorithm: string): Buffer {
  const pem = key.getPrivatePEM()
  const type = key.type as string
  if (type === 'ssh-ed25519') return Buffer.concat([string(type), string(key.sign(data))])
  if (type === 'ssh-rsa') {
    const [, name = '', bits] = /^(rsa-sha2-(\d+))/.exec(algorithm) ?? []
    return Buffer.concat([string(name), string(signWith(`sha${bits}`, data, pem))])
  }
  const hash = { nistp256: 'sha256', nistp384: 'sha384', nistp521: 'sha512' }[type.replace('ecdsa-sha2-', '')]
  const both = signWith(hash, data, { key: pem, dsaEncoding: 'ieee-p1363' })
  const [r, s] = [both.subarray(0, both.length / 2), both.subarray(both.length / 2)]
  return Buffer.concat([string(type), string(Buffer.concat([mpint(r), mpint(s)]))])
}
