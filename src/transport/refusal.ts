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
  'check that sshd listens there, and that it does not block this machine (fail2ban, hosts.deny, PerSourcePenalties, MaxStartups)'

/** Whether there is no point in trying again. A host that goes down or comes up refuses for other reasons than it says. */
export function isFinal(error: unknown, rebooting?: 'rebooting'): boolean {
  if (error instanceof LockedError) return true
  return rebooting === undefined && (error instanceof RefusedError || error instanceof UserError)
}

const socketErrors: ReadonlyMap<string, readonly [message: string, hint: string]> = new Map(
  Object.entries({
    ECONNREFUSED: ['connection refused by', 'check that sshd runs there, and the port'],
    EHOSTUNREACH: ['there is no route to', 'check that the host is on, and its address'],
    ENETUNREACH: ['there is no route to', 'check the network of this machine'],
    ENOTFOUND: ['DNS has no record for', 'check the spelling of the address, or use an IP address'],
    EAI_AGAIN: ['DNS lookup failed for', 'check the DNS of this machine, or use an IP address'],
    ETIMEDOUT: ['no answer from', 'check that the host is on, and that firewalls allow SSH'],
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
 * @param where `address:port through …`
 */
export function forwardError(error: unknown, where: string): UnreachableError {
  if ((error as { reason?: unknown }).reason === prohibited)
    return new UnreachableError(
      `its sshd does not forward connections to ${where}`,
      'allow forwarding in its sshd_config: AllowTcpForwarding, PermitOpen, DisableForwarding',
    )
  return socketError(error, where)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
