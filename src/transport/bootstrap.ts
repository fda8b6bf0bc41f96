import { UserError } from '../errors.ts'

/** What sudo says each time it wants a password: the second time, the first one was wrong. */
export const passwordPrompt = 'provision-asks'

/** The line after which root reads the session's script. */
const scriptFollows = 'session-script'

/**
 * As the login user: says that it is there, and becomes root. sudo gets the channel itself as its stdin and takes the place
 * of this shell, so that nothing of what root reads or runs passes through a file, a pipe or a process that the login user
 * owns. sudo of the system's own directories goes before one of the user's. `$1` is how sudo gets a password.
 */
const becomeRoot =
  'LC_ALL=C; PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH; export LC_ALL PATH; ' +
  'echo >&2; echo %shell >&2; if [ "$(id -u)" = 0 ]; then eval "$0"; exit; fi; ' +
  'command -v sudo >/dev/null || { echo %refused no-sudo >&2; exit 1; }; ' +
  `ask=$(echo ${passwordPrompt}; echo .); exec sudo "$1" -p "\${ask%.}" -- /bin/sh -c "$0"`

/**
 * As root: says that it is there, and evaluates the script. What sudo wrote without a newline must not be in front of what is
 * said.
 */
function asRoot(size: number): string {
  return (
    `echo >&2; echo %root >&2; line=; until [ "$line" = ${scriptFollows} ]; do IFS= read -r line || exit; done; ` +
    `SESSION_TEXT=$(dd bs=${size} count=1 iflag=fullblock status=none); eval "$SESSION_TEXT"`
  )
}

/**
 * The one command that is run over SSH, the same on every host. The login shell that reads it may be anything
 * (fish, csh), so it is one line of `/bin/sh -c '…' '…'` holding no quote, backslash or exclamation mark.
 *
 * Nothing is written to its stdin before the host has shown who reads it: a start-up file of the login shell may have
 * handed over to another shell, which would run what it reads. Once sudo asks, {@link passwordLine} follows; once root is
 * there (`%root`), {@link scriptPart}; then verbs. So nothing secret is on argv or in the environment, what sudo logs is
 * this one line, and a script cut short does nothing (its last statement starts it).
 */
export function bootstrapCommand(script: Uint8Array, hasPassword: boolean): string {
  return `/bin/sh -c '${becomeRoot}' '${asRoot(script.length)}' ${hasPassword ? '-S' : '-n'}`
}

/** What to answer sudo. Throws UserError for a password of several lines. */
export function passwordLine(password: string): string {
  if (/[\n\r\0]/.test(password))
    throw new UserError(
      'the sudo password has more than one line',
      'store the password alone; a file may end with one newline',
    )
  return `${password}\n`
}

/** What root reads first. */
export function scriptPart(script: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${scriptFollows}\n`), script])
}
