import { createReader, readString } from './wire.ts'

/** What an OpenSSH certificate of a user says (PROTOCOL.certkeys of OpenSSH). */
export interface Certificate {
  /** The type of the key that it is for: `ssh-ed25519`. */
  readonly keyType: string
  /** Fields of the public key, as they stand in the key's own blob, its type not among them. */
  readonly keyFields: Buffer
  /** Whom it lets in; none: anybody. */
  readonly principals: readonly string[]
  /** Seconds since 1970. */
  readonly after: bigint
  readonly before: bigint
}

/** How many fields a public key has. */
const fields: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'ssh-rsa': 2,
    'ssh-dss': 4,
    'ssh-ed25519': 1,
    'ecdsa-sha2-nistp256': 2,
    'ecdsa-sha2-nistp384': 2,
    'ecdsa-sha2-nistp521': 2,
    'sk-ssh-ed25519@openssh.com': 2,
    'sk-ecdsa-sha2-nistp256@openssh.com': 3,
  }),
)

/** The type that a blob begins with; empty where it has none. */
export function blobType(blob: Buffer): string {
  try {
    return readString(blob, 0).toString('latin1')
  } catch {
    return ''
  }
}

/** The bits of an RSA key's modulus; undefined for other keys, for certificates, and for what is not whole. */
export function rsaBits(blob: Buffer): number | undefined {
  if (blobType(blob) !== 'ssh-rsa') return undefined
  try {
    const reader = createReader(blob)
    reader.strings(2) // its type and the exponent
    return BigInt(`0x0${reader.string().toString('hex')}`).toString(2).length
  } catch {
    return undefined
  }
}

/** Of `sk-ssh-ed25519-cert-v01@openssh.com` the key's type, `sk-ssh-ed25519@openssh.com`; undefined for others. */
function certifiedType(type: string): string | undefined {
  const [, base] = /^(.+)-cert-v01@openssh\.com$/.exec(type) ?? []
  return base?.startsWith('sk-') ? `${base}@openssh.com` : base
}

/** Reads a certificate; undefined where the blob is none, or one for hosts. */
export function readCertificate(blob: Buffer): Certificate | undefined {
  const keyType = certifiedType(blobType(blob))
  const count = fields.get(keyType ?? '')
  if (keyType === undefined || count === undefined) return undefined
  try {
    const reader = createReader(blob)
    reader.string() // its type
    reader.string() // a nonce
    const keyFields = reader.strings(count)
    reader.skip(8) // a serial number
    const forUsers = reader.number() === 1
    reader.string() // an id
    const principals = reader.string()
    const after = reader.long()
    const before = reader.long()
    if (!forUsers) return undefined
    return { keyType, keyFields, principals: names(principals), after, before }
  } catch {
    return undefined
  }
}

function names(list: Buffer): string[] {
  const reader = createReader(list)
  const found: string[] = []
  while (!reader.done()) found.push(reader.string().toString('utf8'))
  return found
}

/** What keeps a certificate from letting a user in, by what it says; undefined: nothing. */
export function whyUseless(certificate: Certificate, user: string, now: number): string | undefined {
  const date = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString().replace(/:\d\d\.\d+Z$/, 'Z')
  if (certificate.before <= BigInt(Math.floor(now))) return `ended ${date(certificate.before)}`
  if (certificate.after > BigInt(Math.floor(now))) return `begins ${date(certificate.after)}`
  if (certificate.principals.length > 0 && !certificate.principals.includes(user))
    return `made for ${certificate.principals.join(', ')}`
  return undefined
}
