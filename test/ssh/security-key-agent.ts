import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:net'

const string = (content: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
const digest = (content: Uint8Array | string): Buffer => createHash('sha256').update(content).digest()

/** An ssh-agent with a security key, as OpenSSH's makes signatures of one (PROTOCOL.u2f); the key is of software. */
export function securityKeyAgent() {
  const type = 'sk-ssh-ed25519@openssh.com'
  const application = 'ssh:'
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const blob = Buffer.concat([string(type), string(point), string(application)])
  let held: Buffer[] = [blob]

  const signature = (data: Buffer): Buffer => {
    const presence = Buffer.from([1, 0, 0, 0, 7]) // somebody touched it; a counter
    const signed = sign(null, Buffer.concat([digest(application), presence, digest(data)]), privateKey)
    return Buffer.concat([string(type), string(signed), presence])
  }
  const answer = (request: Buffer): Buffer => {
    if (request[0] === 11) {
      const count = Buffer.from([12, 0, 0, 0, held.length])
      return Buffer.concat([count, ...held.flatMap((one) => [string(one), string('security key')])])
    }
    const at = 5 + request.readUInt32BE(1)
    return Buffer.concat([
      Buffer.from([14]),
      string(signature(request.subarray(at + 4, at + 4 + request.readUInt32BE(at)))),
    ])
  }
  return {
    /** As in a .pub file. */
    publicLine: `${type} ${blob.toString('base64')} security key\n`,
    /** Holds these instead: a certificate for the key. */
    hold(...blobs: Buffer[]): void {
      held = blobs
    },
    async listen(socket: string): Promise<Server> {
      const server = createServer((stream) =>
        stream.on('error', () => {}).on('data', (bytes) => stream.write(string(answer(bytes.subarray(4))))),
      )
      await new Promise<void>((resolve) => server.listen(socket, resolve))
      return server
    },
  }
}
