import type { Client } from 'ssh2'
import constants from 'ssh2/lib/protocol/constants.js'
import { string } from './wire.ts'

/**
 * What ssh2 has no way to reach. Its version is pinned by the lock file; test/ssh/keys.test.ts fails where one of these has
 * moved.
 */
interface Internals {
  readonly _protocol: {
    readonly _handlers: Record<string, (protocol: unknown, methods: string[], partial: boolean) => void>
    readonly _packetRW: { readonly write: PacketWriter }
  }
}

interface PacketWriter {
  /** Where the payload begins in a packet. */
  readonly allocStart: number
  /** A packet with room for so many bytes of payload: its length, how long its padding is, the payload, the padding. */
  alloc(payload: number): Buffer
  finalize(packet: Buffer): Buffer
}

/** Algorithms that ssh2 has, by what its setting `algorithms` calls them; more than it uses where nothing is said. */
export const supported = {
  kex: constants.SUPPORTED_KEX,
  cipher: constants.SUPPORTED_CIPHER,
  hmac: constants.SUPPORTED_MAC,
  serverHostKey: constants.SUPPORTED_SERVER_HOST_KEY,
}

/** Tells of each way to log in that was not enough: how the server would go on, and whether this one counted. */
export function onLoginFailure(client: Client, listener: (methods: readonly string[], partial: boolean) => void): void {
  const { _handlers: handlers } = (client as unknown as Internals)._protocol
  const original = handlers.USERAUTH_FAILURE
  handlers.USERAUTH_FAILURE = (protocol, methods, partial) => {
    listener(methods, partial)
    original?.(protocol, methods, partial)
  }
}

/**
 * Sends a signature as it is. ssh2 puts the key's algorithm in front of it, which for a certificate is not that of the
 * signature, and has no room for what security keys add. `send` is to have it write the packet before it returns.
 */
export function withSignature(client: Client, algorithm: string, signature: Buffer, send: () => void): void {
  const writer = (client as unknown as Internals)._protocol._packetRW.write
  const { finalize } = writer
  const written = string(Buffer.concat([string(algorithm), string(signature)]))
  writer.finalize = (packet) => {
    const payload = packet.subarray(writer.allocStart, packet.readUInt32BE(0) + 4 - (packet[4] ?? 0))
    if (!payload.subarray(-written.length).equals(written)) return finalize.call(writer, packet)
    const right = Buffer.concat([payload.subarray(0, -written.length), string(signature)])
    const other = writer.alloc(right.length)
    right.copy(other, writer.allocStart)
    return finalize.call(writer, other)
  }
  try {
    send()
  } finally {
    writer.finalize = finalize
  }
}
