import { UnreachableError } from '../errors.ts'
import type { Login } from './login.ts'
import { DroppedError, dropHint, messageOf, RefusedError } from './refusal.ts'
import { accountRefusal, lastWords } from './session-refusal.ts'
import type { Route } from './ssh-config.ts'

/** Why a host that has let us in starts no command. */
export function execError(error: Error): UnreachableError {
  return new UnreachableError(
    `its sshd does not start commands: ${error.message}`,
    'check MaxSessions, ForceCommand and PAM there, and read its log: journalctl -u ssh',
  )
}

/** Why there was no login. `shaken`: keys had been exchanged. `said`: what the server said beside. */
export function handshakeError(
  error: unknown,
  shaken: boolean,
  route: Route,
  login: Login,
  said: readonly string[],
): UnreachableError {
  const where = `${route.address}:${route.port}`
  if ((error as { level?: string }).level === 'client-authentication') return login.failure(where, route.user, said)
  const message = messageOf(error)
  if (/no matching/i.test(message))
    return new RefusedError(
      `${where}: ${message}`,
      Object.values(route.algorithms).some((each) => each !== undefined)
        ? 'allow algorithms of its sshd in KexAlgorithms, Ciphers, MACs and HostKeyAlgorithms of the ssh configuration'
        : 'update its sshd: it is too old or too strict',
    )
  if (/too many authentication failures/i.test(message)) return login.cutShort(where, route.user, message)
  if (!shaken) return new DroppedError(`${where} closed the connection before the SSH handshake (${message})`, dropHint)
  const words = lastWords(said)
  const saying = words === '' ? '' : `; output: ${words}`
  return (
    accountRefusal(said) ??
    new UnreachableError(`${where} closed the connection during the login of ${route.user} (${message})${saying}`)
  )
}

/** Why what listens there said something else than SSH. */
export function noSshdError(where: string, line: string): UnreachableError {
  if (/^Exceeded MaxStartups/.test(line)) return new DroppedError(`${where} closed the connection: ${line}`, dropHint)
  if (/^Not allowed at this time/.test(line))
    return new UnreachableError(
      `the sshd at ${where} temporarily blocks this machine: ${line}`,
      'wait a few minutes, or restart sshd there: it blocks after failed logins (PerSourcePenalties in its sshd_config)',
    )
  return new UnreachableError(
    `the program that listens on ${where} is not sshd; output: ${line}`,
    'check ssh.port and the address',
  )
}
