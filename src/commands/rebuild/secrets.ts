import { readFile } from 'node:fs/promises'
import { identitiesIn, type Keys, type Lock } from '../../archive/secrets.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { askSecret } from '../../report/ask.ts'
import { readSecret } from '../../run/targets.ts'

/** What a rebuild's archives are encrypted with, and what opens them again: it has to do both. Throws UserError. */
export async function secretsOf({ backup }: Inventory): Promise<{ readonly lock: Lock; readonly keys: Keys }> {
  const identities =
    backup.identity === undefined ? [] : identitiesIn(await readFile(backup.identity, 'utf8'), backup.identity)
  if (backup.recipients.length > 0) {
    if (identities.length === 0) {
      throw new UserError(
        'archives of this cluster are encrypted for recipients, and a rebuild has to open what it saves',
        'name the file with the secret key of one of them: backup.identity in the inventory',
      )
    }
    return { lock: { recipients: backup.recipients }, keys: { identities } }
  }
  const passphrase = await readSecret(backup.passphrase ?? 'prompt', 'passphrase of the archive', askSecret)
  return { lock: { passphrase }, keys: { passphrase, identities } }
}
