import { Encrypter } from 'age-encryption'

/** Why the text is no recipient that age knows; undefined where it is one. */
export function recipientProblem(text: string): string | undefined {
  if (/^AGE-SECRET-KEY-/i.test(text)) return 'is a secret key, which must never be written here'
  if (text.startsWith('ssh-')) return 'is an SSH key, and age keys of their own are needed here'
  try {
    new Encrypter().addRecipient(text)
    return undefined
  } catch {
    return 'is no public key of age'
  }
}
