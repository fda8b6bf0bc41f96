import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { labRoot } from './model.ts'
import { $ } from './program.ts'

/** The files that let the operator in; all under the lab's root, mode 0600, and gone with it. */
export function keyFiles(labName: string): { identity: string; sudoPassword: string } {
  return { identity: join(labRoot(labName), 'id_ed25519'), sudoPassword: join(labRoot(labName), 'sudo-password') }
}

/** Makes the lab's key pair and sudo password where they are missing; answers the public key's line. */
export async function makeKeys(labName: string): Promise<string> {
  const { identity, sudoPassword } = keyFiles(labName)
  if (!existsSync(identity)) await $`ssh-keygen -q -t ed25519 -N ${''} -C ${`provision-${labName}`} -f ${identity}`
  if (!existsSync(sudoPassword)) await writeFile(sudoPassword, randomBytes(12).toString('base64url'), { mode: 0o600 })
  return readFile(`${identity}.pub`, 'utf8')
}
