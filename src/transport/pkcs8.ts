import { createPrivateKey, randomBytes } from 'node:crypto'
import { string } from './wire.ts'

/**
 * A private key in PKCS#8 (`BEGIN PRIVATE KEY`, of openssl, `ssh-keygen -m PKCS8` and clouds' consoles) in a form that ssh2
 * reads. Throws an Error for what is none, and for a key of a kind that SSH does not have.
 */
export function readablePkcs8(pem: string): string {
  const key = createPrivateKey(pem)
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }) as string
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }) as string
    case 'ed25519': {
      const { x = '', d = '' } = key.export({ format: 'jwk' })
      return openssh(Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url'))
    }
    default:
      throw new Error(`SSH does not support keys of type ${key.asymmetricKeyType}`)
  }
}

/** OpenSSH's own form of an Ed25519 key, not encrypted (PROTOCOL.key of OpenSSH): Ed25519 has no older one. */
function openssh(publicKey: Buffer, seed: Buffer): string {
  const type = string('ssh-ed25519')
  const check = randomBytes(4)
  const secret = Buffer.concat([
    check,
    check,
    type,
    string(publicKey),
    string(Buffer.concat([seed, publicKey])),
    string(''),
  ])
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1))
  const count = Buffer.from([0, 0, 0, 1])
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    count,
    string(Buffer.concat([type, string(publicKey)])),
    string(Buffer.concat([secret, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n')
}
