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

const socketErrors: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map(
  Object.entries({
    ECONNREFUSED: ['nothing listens on', 'is sshd running there, and is the port right?'],
    EHOSTUNREACH: ['there is no route to', 'is the host on, and the address right?'],
    ENETUNREACH: ['there is no route to', 'is this machine on a network that reaches it?'],
    ENOTFOUND: ['no name server knows', 'check the spelling of the address, or write an IP address'],
    EAI_AGAIN: ['the name servers do not answer for', 'check this machine’s name resolution, or write an IP address'],
    ETIMEDOUT: ['no answer from', 'is the host on, and does a firewall let SSH through?'],
  }),
)

/** @param where `address:port` */
export function socketError(error: unknown, where: string): UnreachableError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ECONNRESET') return new DroppedError(`${where} closed the connection at once`, dropHint)
  const known = socketErrors.get(code)
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

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
