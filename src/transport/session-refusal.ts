import { quoted } from '../clean.ts'
import { UnreachableError } from '../errors.ts'
import { RefusedError } from './refusal.ts'

/** What was said, what it means, and what to do about it. A group that was found is put in for `$1`. */
type Refusal = readonly [said: RegExp, message: string, hint: string]

/** What an account says that lets nobody in, and then it ends or waits. The first that matches counts. */
const accountRefusals: readonly Refusal[] = [
  [
    /Please log ?in as the (?:user )?["'“‘]?([a-z_][a-z0-9_.-]{0,31})\b/i,
    'its key belongs to another account',
    'set ssh.user: $1',
  ],
  [
    /This account is (?:currently |presently )?not available/i,
    'the login of its user is disabled: its shell is nologin',
    'use another ssh.user, or set a shell there: usermod -s /bin/bash USER',
  ],
  [
    /sftp (?:connections|sessions?|access) only|only (?:allows |supports )?sftp|Interactive git shell is not enabled/i,
    'its user may not run commands',
    'use another ssh.user, or remove ForceCommand (or the forced command of the key) there',
  ],
  [
    /(?:account|user) (?:\S{1,64} )?has expired/i,
    'the account of its user has expired',
    'renew it there (chage -E -1 USER), or use another ssh.user',
  ],
  [
    /password (?:has |is )?expired|required to change your password|password change required|must change your password/i,
    'the password of its user has expired',
    'log in once manually and renew the password',
  ],
  [
    /account (?:is |has been |temporarily )?locked|locked due to \d+ failed logins/i,
    'the account of its user is locked',
    'unlock it there: faillock --user USER --reset, or passwd -u USER',
  ],
]

/** What sudo (or the way to it) said, in the C locale. */
const sudoRefusals: readonly Refusal[] = [
  [/no-sudo/, 'sudo is not installed', 'install sudo there, or set `ssh: { user: root }`'],
  [
    /not in the sudoers file|is not allowed to (run sudo|execute)|may not run sudo|I'm afraid I can't do that/i,
    'its user may not use sudo',
    'add the user to the group sudo (wheel on the RHEL family), or use another user',
  ],
  [/must have a tty|requiretty/i, 'its sudo requires a terminal', 'remove `requiretty` from /etc/sudoers there'],
  [/account validation failure/i, 'the account of its user has expired, or is locked', 'check it there: chage -l USER'],
  [
    /effective uid is not 0|must be owned by uid 0|no new privileges|unable to change to root gid/i,
    'its sudo cannot become root',
    'make sudo owned by root with its setuid bit, on a file system without nosuid, and outside a container that forbids it',
  ],
  [
    /(?:syntax|parse) error (?:in|near) |no valid sudoers sources found|unable to initialize policy plugin/i,
    'its sudoers file is invalid',
    'correct it there as root: visudo -c shows the place',
  ],
  [
    /\bdd: (?:Permission denied|cannot execute)/i,
    'its sudo does not let root start programs',
    'remove NOEXEC of this user from sudoers there; `sudo -l` shows it',
  ],
  [/\b(?:id|dd): (?:command )?not found/i, 'it lacks basic programs', 'install coreutils there'],
]

/** A question that is not for the account's password. */
const otherQuestion = /\b(?:code|otp|one[- ]time|token|passcode|factor|duo|pin|yubikey|touch)\b[^\n]{0,80}[:?] ?$/i

/** Whether a line says that the account lets nobody in: the rest need not be waited for. */
export function isAccountRefusal(line: string): boolean {
  return accountRefusals.some(([said]) => said.test(line))
}

/** Whether what has no end yet is a question that we have no answer to. */
export function isOtherQuestion(text: string): boolean {
  return text.length < 400 && otherQuestion.test(text)
}

/** What an account said of why it lets nobody in; undefined where it said nothing that is known. */
export function accountRefusal(said: readonly string[]): RefusedError | undefined {
  return refusal(accountRefusals, said)
}

/** The last of what was said, in one line; empty where that was nothing. */
export function lastWords(said: readonly string[]): string {
  const lines = said.map((line) => line.trim()).filter((line) => line !== '')
  return quoted(lines.slice(-3).join('; '), 400)
}

/** How a session ended before it began. */
export interface Ending {
  /** Lines that the command printed. */
  readonly said: readonly string[]
  /** Whether a sudo password was to be had. */
  readonly hadPassword: boolean
  /** The command's, where it ended by itself. */
  readonly exitCode?: number | undefined
}

/** Why the session did not begin, from what the host printed instead. */
export function bootstrapError({ said, hadPassword, exitCode }: Ending): UnreachableError {
  const known = refusal(sudoRefusals, said) ?? accountRefusal(said)
  if (known) return known
  const text = said.join('\n')
  if (
    /a password is required|terminal is required to read the password|authentication is required|no password was provided|incorrect password|Authentication fail|incorrect authentication|sorry, try again/i.test(
      text,
    )
  ) {
    return hadPassword
      ? wrongPassword()
      : new RefusedError(
          'its sudo requires a password',
          'set `ssh: { sudoPassword: prompt }` (or { env: NAME }, { file: PATH }) in the inventory',
        )
  }
  const question = said.at(-1) ?? ''
  if (isOtherQuestion(question))
    return new RefusedError(
      `its sudo requires more than a password: ${lastWords([question])}`,
      'allow this user sudo with only its password, or without one (NOPASSWD in sudoers)',
    )
  const words = lastWords(said)
  if (words !== '') return new UnreachableError(`the session ended before it began: ${words}`)
  return new UnreachableError(
    `the session ended before it began, without a message${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`,
    'check that no shell such as /bin/false, ForceCommand or forced command of the key blocks commands there',
  )
}

export function wrongPassword(): RefusedError {
  return new RefusedError('its sudo does not accept the password', 'check ssh.sudoPassword of this host')
}

/** The first of the table that what was said matches, with its words. */
function refusal(table: readonly Refusal[], said: readonly string[]): RefusedError | undefined {
  const text = said.join('\n')
  for (const [pattern, message, hint] of table) {
    const found = pattern.exec(text)
    if (found === null) continue
    const words = lastWords(said.filter((line) => pattern.test(line) && !line.startsWith('%')))
    return new RefusedError(words === '' ? message : `${message}: ${words}`, hint.replace('$1', found[1] ?? ''))
  }
  return undefined
}
