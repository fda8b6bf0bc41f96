import { readFile } from 'node:fs/promises'
import { identitiesIn, type Keys, type Lock } from '../../archive/encryption-keys.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { lockFor } from '../backup/keys.ts'

/** What a rebuild's archives are encrypted with, and what opens them again: it has to do both. Throws UserError. */
export async function secretsOf(inventory: Inventory): Promise<{ readonly lock: Lock; readonly keys: Keys }> {
  const { identity } = inventory.backup
  const lock = await lockFor(inventory)
  if ('passphrase' in lock) return { lock, keys: lock }
  if (identity === undefined) {
    throw new UserError(
      'archives of this cluster are encrypted for recipients, and a rebuild must open its archive',
      'set the file with the secret key of one of them: backup.identity in the inventory',
    )
  }
  return { lock, keys: { identities: identitiesIn(await readFile(identity, 'utf8'), identity) } }
}
