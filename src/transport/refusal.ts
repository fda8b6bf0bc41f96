import { LockedError, UnreachableError, UserError } from '../errors.ts'

/** The host answered, and the answer is no: trying again changes nothing. */
export class RefusedError extends UnreachableError {
  constructor(message: string, hint?: string) {
    super(message, hint)
    this.name = 'RefusedError'
  }
}

/** The connection broke before the server had spoken: what sshd does to whom MaxStartups leaves no room for. */
export class DroppedError extends UnreachableError {}

/** What to do about connections that are closed without a word. */
export const dropHint =
  'does it keep this machine out (fail2ban, hosts.deny, PerSourcePenalties or MaxStartups of its sshd), and is it really sshd that listens there?'

/** Whether there is no point in trying again. A host that goes down or comes up refuses for other reasons than it says. */
export function isFinal(error: unknown, rebooting?: 'rebooting'): boolean {
  if (error instanceof LockedError) return true
  return rebooting === undefined && (error instanceof RefusedError || error instanceof UserError)
}

const socketErrors: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ECONNREFUSED: ['nothing listens on', 'is sshd running there, and is the port right?'],
  EHOSTUNREACH: ['there is no route to', 'is the host on, and the address right?'],
  ENETUNREACH: ['there is no route to', 'is this machine on a network that reaches it?'],
  ENOTFOUND: ['no name server knows', 'check the spelling of the address, or write an IP address'],
  EAI_AGAIN: ['the name servers do not answer for', 'check this machine’s name resolution, or write an IP address'],
  ETIMEDOUT: ['no answer from', 'is the host on, and does a firewall let SSH through?'],
}

/** @param where `address:port` */
export function socketError(error: unknown, where: string): UnreachableError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ECONNRESET') return new DroppedError(`${where} closed the connection at once`, dropHint)
  const known = socketErrors[code]
  if (known) return new UnreachableError(`${known[0]} ${where}`, known[1])
  return new UnreachableError(`no connection to ${where}: ${messageOf(error)}`)
}

/** What RFC 4254 calls SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const prohibited = 1

/**
 * Why a machine opened no connection to another for us.
 * @param where `address:port by way of …`
 */
export function forwardError(error: unknown, where: string): UnreachableError {
  if ((error as { reason?: unknown }).reason === prohibited)
    return new UnreachableError(
      `its sshd lets nobody through to ${where}`,
      'AllowTcpForwarding (or PermitOpen, DisableForwarding) in its sshd_config says so',
    )
  return socketError(error, where)
}

/** What sudo (or the way to it) said, in the C locale, and what to do about it. The first that matches counts. */
const sudoRefusals: readonly (readonly [said: RegExp, message: string, hint: string])[] = [
  [/no-sudo/, 'there is no sudo on it', 'install sudo there, or set `ssh: { user: root }`'],
  [
    /not in the sudoers file|is not allowed to (run sudo|execute)|may not run sudo|I'm afraid I can't do that/i,
    'its user may not use sudo',
    'add the user to the group sudo (wheel on the RHEL family), or use another user',
  ],
  [/must have a tty|requiretty/i, 'its sudo wants a terminal', 'take `requiretty` out of /etc/sudoers there'],
  [
    /account validation failure|password (is |has )expired|account has expired/i,
    'the account of its user has expired',
    'log in once by hand and renew the password',
  ],
]

/**
 * Why the session did not begin, from what the host printed instead.
 * @param said lines the command printed before it ended
 * @param hadPassword whether a sudo password was sent
 */
export function bootstrapError(said: readonly string[], hadPassword: boolean): UnreachableError {
  const text = said.join('\n')
  const known = sudoRefusals.find(([pattern]) => pattern.test(text))
  if (known) return new RefusedError(known[1], known[2])
  if (
    /a password is required|authentication is required|no password was provided|incorrect password|Authentication fail|incorrect authentication|sorry, try again/i.test(
      text,
    )
  ) {
    return hadPassword
      ? wrongPassword()
      : new RefusedError(
          'its sudo asks for a password',
          'set `ssh: { sudoPassword: prompt }` (or { env: NAME }, { file: PATH }) in the inventory',
        )
  }
  const last = said
    .filter((line) => line.trim() !== '')
    .slice(-3)
    .join('; ')
  return new UnreachableError(`the session ended before it began${last === '' ? '' : `: ${last.slice(0, 400)}`}`)
}

export function wrongPassword(): RefusedError {
  return new RefusedError('its sudo does not accept the password', 'check ssh.sudoPassword of this host')
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
