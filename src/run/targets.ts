import { readFile, stat } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { Jump } from '../inventory/hosts/jump.ts'
import type { Host, SecretSource } from '../inventory/inventory.ts'
import type { Target } from '../transport/transport.ts'

/** Asks the operator for a secret; the answer is not echoed. */
export type Prompt = (question: string) => Promise<string>

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
        if (/[\r\n\0]/.test(secret)) throw new UserError(`the ${what} has more than one line`, 'keep the first alone')
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

/** What was answered, by who asked and what for: a command of several runs asks but once. */
const answers = new WeakMap<Prompt, Map<string, Promise<string>>>()

function askOnce(what: string, prompt: Prompt): Promise<string> {
  const given = answers.get(prompt) ?? new Map<string, Promise<string>>()
  answers.set(prompt, given)
  const answer = given.get(what) ?? prompt(`${what}: `)
  given.set(what, answer)
  return answer
}

/** The secret that a source stands for, never empty. `what` is what the operator calls it. Throws UserError where it cannot be had. */
export async function readSecret(source: SecretSource, what: string, prompt: Prompt): Promise<string> {
  const secret = await secretAt(source, what, prompt)
  if (secret !== '') return secret
  if (source === 'prompt') throw new UserError(`no ${what} was given`, `run it again and type the ${what}`)
  if ('env' in source) {
    const hint = `export ${source.env} with the ${what} in it; in CI see that the job may read the secret`
    throw new UserError(`the ${what} is to come from $${source.env}, which is empty`, hint)
  }
  throw new UserError(`${source.file}, which is to hold the ${what}, is empty`, `write the ${what} into it`)
}

async function secretAt(source: SecretSource, what: string, prompt: Prompt): Promise<string> {
  if (source === 'prompt') return askOnce(what, prompt)
  if ('env' in source) {
    const value = process.env[source.env]
    if (value === undefined) {
      throw new UserError(`the ${what} is to come from $${source.env}, which is not set`, `export ${source.env} first`)
    }
    return value
  }
  const { mode } = await stat(source.file).catch(() => {
    throw new UserError(
      `${source.file}, which is to hold the ${what}, is not there`,
      'write it there, for you alone (0600)',
    )
  })
  if ((mode & 0o077) !== 0) {
    throw new UserError(`${source.file} holds the ${what} and can be read by others`, `chmod 600 ${source.file}`)
  }
  return (await readFile(source.file, 'utf8')).replace(/\r?\n$/, '')
}
