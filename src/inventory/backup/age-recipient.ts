import { Encrypter } from 'age-encryption'

/** Why the text is no recipient that age knows; undefined where it is one. */
export function recipientProblem(text: string): string | undefined {
  if (/^AGE-SECRET-KEY-/i.test(text)) return 'is a secret key, which must never be in the inventory'
  if (text.startsWith('ssh-')) return 'is an SSH key; age keys are required'
  try {
    new Encrypter().addRecipient(text)
    return undefined
  } catch {
    return 'is not a public key of age'
  }
}
