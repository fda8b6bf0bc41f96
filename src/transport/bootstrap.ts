import { UserError } from '../errors.ts'

/**
 * The one command that is run over SSH, the same on every host. The login shell that reads it may be anything
 * (fish, csh), so it is one line of `/bin/sh -c '…'` holding no quote, backslash or exclamation mark.
 * It reads from stdin, in this order: the sudo password in a line of its own (empty where none is wanted), and
 * the session's script, `size` bytes; what follows are verbs. So nothing secret is on argv or in the environment,
 * and a script cut short does nothing (its last statement starts it).
 */
export function bootstrapCommand(script: Uint8Array): string {
  return (
    `/bin/sh -c 'LC_ALL=C; export LC_ALL; unset SESSION_PASSWORD SESSION_TEXT; IFS= read -r SESSION_PASSWORD || exit; ` +
    `SESSION_TEXT=$(dd bs=${script.length} count=1 iflag=fullblock status=none); eval "$SESSION_TEXT"'`
  )
}

/** What to write to the command's stdin before any verb. Throws UserError for a password of several lines. */
export function bootstrapInput(script: Uint8Array, sudoPassword: string | undefined): Buffer {
  const password = sudoPassword ?? ''
  if (/[\n\r\0]/.test(password))
    throw new UserError('the sudo password has several lines', 'give the password alone; a file may end in one newline')
  return Buffer.concat([Buffer.from(`${password}\n`), script])
}
