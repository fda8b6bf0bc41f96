import { Decrypter, Encrypter } from 'age-encryption'
import { UserError } from '../errors.ts'
import { recipientProblem } from '../inventory/backup/age-recipient.ts'

/** What an archive is encrypted with: a passphrase, or the public keys of those who may open it. */
export type Lock = { readonly passphrase: string } | { readonly recipients: readonly string[] }

/** What may open an archive; whichever fits. */
export interface Keys {
  readonly passphrase?: string | undefined
  /** `AGE-SECRET-KEY-1…` */
  readonly identities?: readonly string[] | undefined
}

/** Throws UserError for what is no recipient. */
export function encrypterOf(lock: Lock): Encrypter {
  const encrypter = new Encrypter()
  if ('passphrase' in lock) encrypter.setPassphrase(lock.passphrase)
  else for (const recipient of lock.recipients) addRecipient(encrypter, recipient)
  return encrypter
}

export function decrypterOf(keys: Keys): Decrypter {
  const decrypter = new Decrypter()
  if (keys.passphrase !== undefined) decrypter.addPassphrase(keys.passphrase)
  for (const identity of keys.identities ?? []) decrypter.addIdentity(identity)
  return decrypter
}

/** The identities in the text of an identity file, as age-keygen writes it. Throws UserError naming the file. */
export function identitiesIn(text: string, file: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const hint = 'name the file that age-keygen wrote, with a line AGE-SECRET-KEY-1...'
  if (text.startsWith('age-encryption.org/') || text.startsWith('-----BEGIN AGE'))
    throw new UserError(
      `${file} is encrypted itself`,
      'decrypt it first: age -d FILE > PLAIN; and keep PLAIN for you alone',
    )
  if (lines.length === 0) throw new UserError(`${file} holds no identity`, hint)
  for (const line of lines) {
    try {
      new Decrypter().addIdentity(line)
    } catch {
      throw new UserError(`${file} holds something that is no identity of age`, hint)
    }
  }
  return lines
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  const problem = recipientProblem(recipient)
  if (problem !== undefined) throw new UserError(`a recipient ${problem}`, 'write age1..., as age-keygen prints it')
  encrypter.addRecipient(recipient)
}
