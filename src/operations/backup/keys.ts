import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { isAddressedByPassphrase } from '../../archive/encrypted-file.ts'
import { identitiesIn, type Keys, type Lock } from '../../archive/encryption-keys.ts'
import { denied } from '../../disk/denied.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { readSecret } from '../../secrets/read.ts'
import { askSecret } from '../../views/ask.ts'

const what = 'passphrase of the archive'

/** What a new archive is encrypted with: the inventory's recipients, else its passphrase, else one that is asked for twice. */
export async function lockFor({ backup }: Inventory): Promise<Lock> {
  if (backup.recipients.length > 0) return { recipients: backup.recipients }
  if (backup.passphrase !== undefined && backup.passphrase !== 'prompt')
    return { passphrase: notEmpty(await readSecret(backup.passphrase, what, askSecret)) }
  const passphrase = notEmpty(await askSecret(`${what}: `))
  if ((await askSecret(`${what}, again: `)) !== passphrase)
    throw new UserError('the two passphrases differ', 'run the command again; no archive was created')
  return { passphrase }
}

/**
 * What may open this archive: the identity file of the inventory, or the one named in its place; of an archive with a
 * passphrase the inventory's, or what the operator answers. Throws UserError where neither can be had.
 */
export async function keysFor({ backup }: Inventory, file: string, identityFile = backup.identity): Promise<Keys> {
  if (await isAddressedByPassphrase(file))
    return { passphrase: await readSecret(backup.passphrase ?? 'prompt', what, askSecret) }
  return { identities: identityFile === undefined ? [] : await readIdentities(identityFile) }
}

/** The identities of the inventory where its file is on this machine; archives can be fetched and kept without. */
export async function keysAtHand({ backup }: Inventory): Promise<Keys | undefined> {
  if (backup.identity === undefined || !existsSync(backup.identity)) return undefined
  return { identities: await readIdentities(backup.identity) }
}

async function readIdentities(file: string): Promise<string[]> {
  const hint = 'set the file with the secret key: backup.identity in the inventory, or --identity FILE'
  const found = await stat(file).catch((error: unknown) => {
    const problem = denied(error)
    if (problem !== undefined) throw new UserError(problem)
  })
  if (!found?.isFile()) throw new UserError(`identity file ${file} does not exist`, hint)
  if ((found.mode & 0o077) !== 0) throw new UserError(`permissions of ${file} are too open`, `chmod 600 ${file}`)
  return identitiesIn(await readFile(file, 'utf8'), file)
}

function notEmpty(passphrase: string): string {
  if (passphrase === '')
    throw new UserError('the passphrase is empty', 'enter a long passphrase: an archive holds all keys of the cluster')
  return passphrase
}
