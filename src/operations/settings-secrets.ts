import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { type Prompt, readSecret } from '../secrets/read.ts'
import type { SettingsSecrets } from '../variables/input.ts'
import { derivedSecrets, secretSources, settingsSecrets } from '../variables/settings-secrets.ts'

/**
 * Reads the secrets that the settings of an inventory need for these playbooks, one after the other, and tells all of
 * them to `onSecret`. Throws UserError where one cannot be had, or will not do.
 */
export async function readSettingsSecrets(
  inventory: Inventory,
  playbooks: readonly Playbook[],
  prompt: Prompt,
  onSecret: (secret: string) => void,
): Promise<SettingsSecrets> {
  const values = new Map<string, string>()
  for (const { key, source, what, problem } of secretSources(inventory, playbooks)) {
    if (typeof source === 'object' && 'publicFile' in source) {
      values.set(key, await readFile(source.publicFile, 'utf8'))
      continue
    }
    const value = await readSecret(source, what, prompt)
    onSecret(value)
    const wrong = problem?.(value)
    if (wrong !== undefined) throw new UserError(`the ${what} ${wrong}`, 'set another one')
    values.set(key, value)
  }
  const secrets = settingsSecrets(inventory, values)
  for (const derived of derivedSecrets(inventory, secrets)) onSecret(derived)
  return secrets
}
