import { UserError } from '../errors.ts'
import type { Jump } from '../inventory/hosts/jump.ts'
import type { Host } from '../inventory/inventory.ts'
import type { SecretSource } from '../inventory/secret-source.ts'
import { type Prompt, readSecret } from '../secrets/read.ts'
import type { Target } from '../transport/transport.ts'

/**
 * Makes targets of hosts. Secrets are read when first needed, once for each source, and told to `onSecret`
 * before anybody can use them. Throws UserError where one cannot be had.
 */
export function createTargets(prompt: Prompt, onSecret: (secret: string) => void): (host: Host) => Promise<Target> {
  const asked = new Map<string, Promise<string>>()
  const secretOf = (source: SecretSource | undefined, what: string): Promise<string> | undefined => {
    if (source === undefined) return undefined
    const key = JSON.stringify([what, source])
    const answer =
      asked.get(key) ??
      readSecret(source, what, prompt).then((secret) => {
        onSecret(secret)
        if (/[\r\n\0]/.test(secret))
          throw new UserError(`the ${what} has more than one line`, 'keep only the first line')
        return secret
      })
    asked.set(key, answer)
    return answer
  }
  const jumpOf = async ({ password, ...jump }: Jump<SecretSource>): Promise<Jump<string>> => ({
    ...jump,
    password: await secretOf(password, `SSH password of ${jump.address}`),
  })
  return async (host) => ({
    name: host.name,
    connection: host.connection,
    address: host.reach,
    port: host.ssh.port,
    user: host.ssh.user ?? '',
    identityFile: host.ssh.identityFile,
    jump: host.ssh.jump && (await Promise.all(host.ssh.jump.map(jumpOf))),
    hostKeys: host.ssh.hostKeys,
    password: await secretOf(host.ssh.password, 'SSH password'),
    sudoPassword: await secretOf(host.ssh.sudoPassword, 'sudo password'),
  })
}
