import type { AnyAuthMethod, Client } from 'ssh2'
import type { UnreachableError } from '../errors.ts'
import type { Credentials, Way } from './auth.ts'
import { RefusedError } from './refusal.ts'
import { lastWords } from './session-refusal.ts'

/** Goes through the ways to log in, and knows what came of them. */
export interface Login {
  /** The next one; false once there are no more. */
  next(client: () => Client): AnyAuthMethod | false
  /** The server wants something else, or more: it takes these methods. `partial`: what was last tried counted. */
  refused(methods: readonly string[], partial: boolean): void
  /** An agent did not sign. */
  unsigned(reason: string): void
  /** Why nobody was let in. `said` is what the server said beside. */
  failure(where: string, user: string, said: readonly string[]): UnreachableError
  /** The server has had enough before all was tried. */
  cutShort(where: string, user: string, message: string): UnreachableError
}

export function createLogin({ ways, skipped }: Credentials): Login {
  const waiting = [...ways]
  const tried: string[] = []
  const accepted: string[] = []
  const questions: string[] = []
  const notes: string[] = []
  let current: Way | undefined
  let takes: readonly string[] | undefined

  return {
    next(client) {
      const at = waiting.findIndex(({ type }) => takes === undefined || takes.includes(type))
      current = waiting[at]
      if (current === undefined) return false
      waiting.splice(at, 1)
      if (!tried.some((label) => current?.label.startsWith(label))) tried.push(current.label)
      return current.method(client, (question) => questions.push(question))
    },
    refused(methods, partial) {
      takes = methods
      if (partial && current !== undefined) accepted.push(current.label)
    },
    unsigned(reason) {
      if (current !== undefined) notes.push(`${current.label}: ${reason}`)
    },
    failure(where, user, said) {
      const words = lastWords(said)
      const asked = questions.length > 0 ? `; prompt: ${lastWords(questions)}` : ''
      const more = `${asked}${words === '' ? '' : `; output: ${words}`}`
      const wants = (takes ?? []).join(' or ')
      if (accepted.length > 0)
        return new RefusedError(
          `${where} accepts ${accepted.join(' and ')} of ${user}, and also requires ${wants}${more}`,
          questions.length > 0 || ways.some(({ type }) => type === 'password')
            ? 'allow this account without a second factor (AuthenticationMethods in its sshd_config): provision cannot enter its code'
            : 'set ssh.password if it is a password; allow this account without a second factor, whose code provision cannot enter',
        )
      const untried = waiting.map(({ label }) => label)
      const parts = [
        tried.length > 0 ? `tried ${tried.join(', ')}` : 'nothing to try: no agent, no key, no password',
        ...(untried.length > 0 ? [`not tried ${untried.join(', ')}, because it accepts only ${wants}`] : []),
        ...skipped.map(({ file, why }) => `${file} ${why}`),
        ...notes,
      ]
      return new RefusedError(
        `${where} rejects the login of ${user}: ${parts.join('; ')}${more}`,
        skipped[0]?.hint ?? 'check ssh.user and ssh.identityFile, or install your public key there (ssh-copy-id)',
      )
    },
    cutShort(where, user, message) {
      return new RefusedError(
        `${where} rejects the login of ${user}: ${message}; tried ${tried.join(', ')}`,
        'set the key with ssh.identityFile (the public key if an agent holds it): its sshd accepts few attempts (MaxAuthTries)',
      )
    },
  }
}
