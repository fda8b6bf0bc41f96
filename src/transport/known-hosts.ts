import { createHash, createHmac } from 'node:crypto'

/** One line of a known_hosts file. */
export interface KnownHost {
  readonly file: string
  readonly line: number
  readonly marker: '' | '@revoked' | '@cert-authority'
  readonly hosts: string
  readonly type: string
  /** The key's blob, base64. */
  readonly key: string
}

/** What known_hosts says of a key that a host shows. */
export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  /** Unknown, and it has a certificate authority of its own. */
  | { readonly kind: 'certified'; readonly entry: KnownHost }

/** Lines that are no entries are passed over, as OpenSSH does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((content, index) => {
    const words = content.trim().split(/\s+/)
    const marker = words[0]?.startsWith('@') ? (words.shift() ?? '') : ''
    const [hosts = '', type = '', key = ''] = words
    if (key === '' || hosts.startsWith('#') || !['', '@revoked', '@cert-authority'].includes(marker)) return []
    return [{ file, line: index + 1, marker: marker as KnownHost['marker'], hosts, type, key }]
  })
}

/** How known_hosts writes a host: bare on port 22, else `[address]:port`. */
export function knownHostName(address: string, port: number): string {
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`
}

/**
 * Judges a key by all entries for the host. A host known by keys of other types only has changed as well: whoever
 * stands between could otherwise pass by offering a type we have not seen. Host certificates are not supported.
 */
export function judgeHostKey(entries: readonly KnownHost[], name: string, blob: Buffer): Verdict {
  const key = blob.toString('base64')
  const mine = entries.filter((entry) => entry.marker !== '@cert-authority' && matches(entry.hosts, name))
  const revoked = mine.find((entry) => entry.marker === '@revoked' && entry.key === key)
  if (revoked) return { kind: 'revoked', entry: revoked }
  const trusted = mine.filter((entry) => entry.marker === '')
  if (trusted.some((entry) => entry.key === key)) return { kind: 'known' }
  const type = keyType(blob)
  const other = trusted.find((entry) => entry.type === type) ?? trusted[0]
  if (other) return { kind: 'changed', entry: other }
  const authority = entries.find((entry) => entry.marker === '@cert-authority' && matches(entry.hosts, name))
  return authority ? { kind: 'certified', entry: authority } : { kind: 'unknown' }
}

/** Key types by which the host is known already: to be asked for first. */
export function knownTypes(entries: readonly KnownHost[], name: string): string[] {
  return entries.filter((entry) => entry.marker === '' && matches(entry.hosts, name)).map((entry) => entry.type)
}

export function knownHostLine(name: string, blob: Buffer): string {
  return `${name} ${keyType(blob)} ${blob.toString('base64')}\n`
}

/** `SHA256:…`, as OpenSSH shows it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** A key's blob begins with the length and name of its type. */
function keyType(blob: Buffer): string {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0
  return blob.subarray(4, 4 + length).toString('latin1')
}

function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = hosts.split('|')
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
  }
  const patterns = hosts.split(',')
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, name))
}

/** Whether a pattern of OpenSSH's (`*` and `?`) fits a name in lower case. In time of the product of both lengths. */
export function matchesPattern(pattern: string, name: string): boolean {
  const letters = pattern.toLowerCase()
  let [at, of] = [0, 0]
  // The last `*`, and where what follows it was tried: an earlier one need not take any more.
  let [star, tried] = [-1, 0]
  while (of < name.length) {
    if (letters[at] === '*') [star, tried, at] = [at, of, at + 1]
    else if (at < letters.length && (letters[at] === '?' || letters[at] === name[of])) [at, of] = [at + 1, of + 1]
    else if (star === -1) return false
    else [at, of, tried] = [star + 1, tried + 1, tried + 1]
  }
  return /^\**$/.test(letters.slice(at))
}
