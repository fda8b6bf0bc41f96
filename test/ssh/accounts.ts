import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An account of a test's sshd: its passwd, shadow and sudoers are mounted over the machine's, there only. */
export interface Account {
  readonly name: string
  readonly password?: string
  readonly shell?: string
  /** What follows the name in sudoers; none: may not use sudo. */
  readonly sudo?: string
  /** Its `Defaults` in sudoers. */
  readonly sudoDefaults?: string
  /** Day since 1970 on which the account expires. */
  readonly expires?: number
  /** Day since 1970 on which the password was set; 0: it has to be changed. */
  readonly passwordSet?: number
  /** Written to its ~/.bashrc. */
  readonly bashrc?: string
}

/** Shell lines that make the accounts, in the namespace they are run in. Their files are made in the directory. */
export function accountMounts(accounts: readonly Account[], directory: string): string {
  if (accounts.length === 0) return ''
  const ids = accounts.map((account, index) => ({
    ...account,
    id: 60_000 + index,
    home: join(directory, `home-${account.name}`),
  }))
  for (const { id, home, bashrc } of ids) {
    mkdirSync(home)
    if (bashrc !== undefined) writeFileSync(join(home, '.bashrc'), bashrc)
    execFileSync('chown', ['-R', `${id}:${id}`, home])
  }
  const passwd = ids.map(({ name, id, home, shell = '/bin/bash' }) => `${name}:x:${id}:${id}::${home}:${shell}`)
  const group = ids.map(({ name, id }) => `${name}:x:${id}:`)
  const shadow = ids.map(
    ({ name, password, passwordSet = 20000, expires = '' }) =>
      `${name}:${password === undefined ? '*' : hash(password)}:${passwordSet}:0:99999:7::${expires}:`,
  )
  const defaults = ids.flatMap(({ name, sudoDefaults }) => (sudoDefaults ? [`Defaults:${name} ${sudoDefaults}`] : []))
  const sudoers = [
    'Defaults env_reset',
    ...defaults,
    ...ids.flatMap(({ name, sudo }) => (sudo ? [`${name} ${sudo}`] : [])),
  ]
  const files: Record<string, readonly [text: string, mode: number]> = {
    passwd: [merged('/etc/passwd', passwd), 0o644],
    group: [merged('/etc/group', group), 0o644],
    shadow: [merged('/etc/shadow', shadow), 0o640],
    sudoers: [`${sudoers.join('\n')}\n`, 0o440],
  }
  return Object.entries(files)
    .map(([name, [text, mode]]) => {
      const path = join(directory, `etc-${name}`)
      writeFileSync(path, text)
      chmodSync(path, mode)
      return `mount --bind "$1/etc-${name}" /etc/${name}`
    })
    .join('\n')
}

function merged(file: string, lines: readonly string[]): string {
  return `${readFileSync(file, 'utf8').trimEnd()}\n${lines.join('\n')}\n`
}

function hash(password: string): string {
  return execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim()
}
