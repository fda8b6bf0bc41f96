import { randomBytes, randomInt } from 'node:crypto'
import type { GeneratedSecret } from '../modules/module.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/**
 * The short-lived secrets of one run, made when first asked for and the same ever after.
 * Formats: bootstrap token `[a-z0-9]{6}.[a-z0-9]{16}`, certificate key 64 hex digits (kubeadm v1beta4 reference).
 */
export function createGenerator(onSecret: (secret: string) => void): (kind: GeneratedSecret) => string {
  const made = new Map<GeneratedSecret, string>()
  return (kind) => {
    const known = made.get(kind)
    if (known !== undefined) return known
    const secret = kind === 'bootstrapToken' ? `${letters(6)}.${letters(16)}` : randomBytes(32).toString('hex')
    made.set(kind, secret)
    onSecret(secret)
    // The half after the dot is the secret one, and can appear alone.
    if (kind === 'bootstrapToken') onSecret(secret.slice(7))
    return secret
  }
}

function letters(count: number): string {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('')
}
