import { readFile, stat } from 'node:fs/promises'
import { denied } from '../disk/denied.ts'
import { entryOf } from '../entry-of.ts'
import { UserError } from '../errors.ts'
import type { SecretSource } from '../inventory/secret-source.ts'

/** Asks the operator for a secret; the answer is not echoed. */
export type Prompt = (question: string) => Promise<string>

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
    const value = entryOf(process.env, source.env)
    if (value === undefined) {
      throw new UserError(`the ${what} is to come from $${source.env}, which is not set`, `export ${source.env} first`)
    }
    return value
  }
  const { mode } = await stat(source.file).catch((error: unknown) => {
    const absent = {
      message: `${source.file}, which is to hold the ${what}, is not there`,
      hint: 'write it there, for you alone (0600)',
    }
    throw new UserError(denied(error) ?? absent)
  })
  if ((mode & 0o077) !== 0) {
    throw new UserError(`${source.file} holds the ${what} and can be read by others`, `chmod 600 ${source.file}`)
  }
  return (await readFile(source.file, 'utf8')).replace(/\r?\n$/, '')
}
