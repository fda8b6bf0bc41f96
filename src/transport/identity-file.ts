import ssh2, { type ParsedKey } from 'ssh2'
import { blobType, readCertificate } from './certificate.ts'
import { readOptional } from './load.ts'
import { readablePkcs8 } from './pkcs8.ts'
import { messageOf } from './refusal.ts'
import { createReader, string } from './wire.ts'

/** What an identity file holds, and what lies beside it. */
export interface IdentityFile {
  readonly file: string
  /** The private key, where it can be used. */
  readonly key?: ParsedKey | undefined
  /** The public key as SSH sends it, where that is to be known: an agent may hold the private one. */
  readonly blob?: Buffer | undefined
  /** The certificate in FILE-cert.pub. */
  readonly certificate?: CertificateFile | undefined
  /** Why there is no private key to use, and what to do about it. */
  readonly problem?: Problem | undefined
}

export interface CertificateFile {
  readonly file: string
  readonly blob: Buffer
}

export interface Problem {
  readonly kind: 'missing' | 'encrypted' | 'public' | 'security-key' | 'unreadable' | 'left-out'
  readonly why: string
  readonly hint: string
}

/** Forms of keys that are none of OpenSSH's. */
const foreign: readonly (readonly [begins: RegExp, why: string, hint: (file: string) => string])[] = [
  [
    /^PuTTY-User-Key-File-/,
    'is a PuTTY key',
    (file) => `convert it: puttygen ${file} -O private-openssh -o ~/.ssh/id_provision`,
  ],
  [/^---- BEGIN SSH2 /, 'is an ssh.com key', (file) => `convert it: ssh-keygen -i -f ${file}`],
  [/^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE/, 'holds an X.509 certificate', () => 'use an SSH key'],
]

/** Reads an identity file as ssh itself takes one. Throws nothing: what cannot be used is told as its problem. */
export function readIdentityFile(file: string): IdentityFile {
  const certificate = certificateFile(file.replace(/\.pub$/, '').concat('-cert.pub'))
  const beside = publicBlob(textOf(`${file}.pub`))
  let text: string | undefined
  try {
    text = readOptional(file)?.toString('utf8')
  } catch (error) {
    return { file, certificate, blob: beside, problem: unreadable(messageOf(error)) }
  }
  if (text === undefined) return { file, certificate, blob: beside, problem: missing }
  const half = publicBlob(text)
  if (half !== undefined) {
    const own = readCertificate(half)
    if (own === undefined) return { file, certificate, blob: half, problem: isPublic(file) }
    return { file, certificate: { file, blob: half }, blob: keyBlob(own), problem: isPublic(file) }
  }
  const { blob = beside, cipher } = opensshHeader(text) ?? {}
  const rest = { file, certificate, blob }
  if (blob !== undefined && blobType(blob).startsWith('sk-')) return { ...rest, problem: securityKey(file) }
  if ((cipher ?? 'none') !== 'none' || /^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(text))
    return { ...rest, problem: encrypted(file) }
  const key = privateKey(text)
  if (!(key instanceof Error)) return { ...rest, key, blob: key.getPublicSSH() }
  if (/encrypted/i.test(key.message)) return { ...rest, problem: encrypted(file) }
  const [, why, hint] = foreign.find(([begins]) => begins.test(text)) ?? []
  return {
    ...rest,
    problem: why === undefined ? unreadable(key.message) : { kind: 'unreadable', why, hint: hint?.(file) ?? '' },
  }
}

/** A certificate file; undefined where there is none, or something else in it. */
export function certificateFile(file: string): CertificateFile | undefined {
  const blob = publicBlob(textOf(file))
  return blob === undefined || readCertificate(blob) === undefined ? undefined : { file, blob }
}

/** The blob of the key that a certificate is for. */
export function keyBlob({ keyType, keyFields }: { readonly keyType: string; readonly keyFields: Buffer }): Buffer {
  return Buffer.concat([string(keyType), keyFields])
}

function privateKey(text: string): ParsedKey | Error {
  try {
    const key = ssh2.utils.parseKey(/^-----BEGIN PRIVATE KEY-----/m.test(text) ? readablePkcs8(text) : text)
    if (key instanceof Error) return key
    return key.isPrivateKey() ? key : new Error('not a private key')
  } catch (error) {
    return error as Error
  }
}

/** What stands in clear in an OpenSSH private key: its cipher and its public half. */
function opensshHeader(text: string): { readonly cipher: string; readonly blob: Buffer } | undefined {
  const [, base64 = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text) ?? []
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.subarray(0, 15).toString('latin1') !== 'openssh-key-v1\0') return undefined
  try {
    const reader = createReader(bytes, 15)
    const cipher = reader.string().toString('latin1')
    reader.string() // how the key is made of the passphrase
    reader.string() // its options
    reader.skip(4) // the number of keys, which is 1
    return { cipher, blob: reader.string() }
  } catch {
    return undefined
  }
}

/** The blob in a line `TYPE BASE64 COMMENT`, where it is of that type. */
function publicBlob(text: string): Buffer | undefined {
  const [, type, base64 = ''] = /^\s*((?:ssh|ecdsa|sk)-[\w@.-]+) ([A-Za-z0-9+/=]+)/.exec(text) ?? []
  const blob = Buffer.from(base64, 'base64')
  return type !== undefined && blobType(blob) === type ? blob : undefined
}

function textOf(file: string): string {
  try {
    return readOptional(file)?.toString('utf8') ?? ''
  } catch {
    return ''
  }
}

const missing: Problem = { kind: 'missing', why: 'does not exist', hint: 'create one with ssh-keygen' }

function isPublic(file: string): Problem {
  return {
    kind: 'public',
    why: 'holds a public key, and no ssh-agent holds its private key',
    hint: `add the private key to an agent, or set its file, usually ${file.replace(/(-cert)?\.pub$/, '')}`,
  }
}

function encrypted(file: string): Problem {
  return {
    kind: 'encrypted',
    why: 'is encrypted, and no ssh-agent holds its key',
    hint: `eval "$(ssh-agent)" && ssh-add ${file}`,
  }
}

function securityKey(file: string): Problem {
  return {
    kind: 'security-key',
    why: 'belongs to a security key, which requires an ssh-agent, and no agent holds it',
    hint: `eval "$(ssh-agent)" && ssh-add ${file}`,
  }
}

function unreadable(reason: string): Problem {
  return { kind: 'unreadable', why: `holds no private key: ${reason}`, hint: 'use a private key made by ssh-keygen' }
}
