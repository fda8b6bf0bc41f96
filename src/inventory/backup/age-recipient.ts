import { bech32 } from '@scure/base'

/** Bytes of a public key, by the prefix of its text: those that age-encryption takes, which loads a tenth of a second longer. */
const kinds = new Map([
  ['age', 32],
  ['age1pq', 1216],
  ['age1tag', 33],
  ['age1tagpq', 1249],
])

/** Why the text is no recipient that age knows; undefined where it is one. */
export function recipientProblem(text: string): string | undefined {
  if (/^AGE-SECRET-KEY-/i.test(text)) return 'is a secret key, which must never be in the inventory'
  if (text.startsWith('ssh-')) return 'is an SSH key; age keys are required'
  return isRecipient(text) ? undefined : 'is not a public key of age'
}

function isRecipient(text: string): boolean {
  // Its own limit of 90 characters is for shorter keys.
  const decoded = text.length > 10_000 ? undefined : bech32.decodeUnsafe(text, false)
  if (decoded === undefined || !text.startsWith('age1')) return false
  return bech32.fromWordsUnsafe(decoded.words)?.length === kinds.get(decoded.prefix)
}
