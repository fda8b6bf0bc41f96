import { type Keyword, keywords } from '../../src/transport/ssh-keywords.ts'
import { note } from './reference.ts'

const sections: readonly (readonly [effect: Keyword['effect'], title: string, intro: string, column: string])[] = [
  ['counts', 'Used', 'What the inventory names wins: an address, a port, a user, a key, jump hosts.', 'decides'],
  ['by-ssh', 'Applied by ssh', '`ssh -G` prints the other keywords accordingly.', 'decides'],
  ['refused', 'Rejected', 'A value other than the default is an error (exit code 2).', 'instead'],
  ['none', 'Without effect', 'They do not decide where a host is, how to log in, or which key it has.', 'why'],
]

const exceptions: Readonly<Record<NonNullable<Keyword['unless']>, string>> = {
  jump: 'Not rejected where the inventory names `jump`.',
  login: 'Not rejected where the inventory names a key or a password.',
  bastion: 'Not rejected for a bastion.',
}

/** docs/reference/ssh-config.md */
export function sshConfigReference(): string {
  const parts = sections.map(([effect, title, intro, column]) => {
    const rows = Map.groupBy(
      [...keywords.values()].filter((keyword) => keyword.effect === effect),
      ({ what, unless }) => `${what}${unless === undefined ? '' : `. ${exceptions[unless]}`}`,
    )
    const lines = [...rows].map(([what, group]) => `| ${group.map(({ name }) => name).join(', ')} | ${what} |`)
    return `## ${title}\n\n${intro}\n\n| keyword | ${column} |\n|---|---|\n${lines.join('\n')}`
  })
  return `${note}

# ssh_config

\`provision\` reads \`~/.ssh/config\` and \`/etc/ssh/ssh_config\` by \`ssh -G\` ([why](../decisions/025-ssh-config.md)). Every
keyword of OpenSSH 8.0 to 10.5 is in one of these tables. A keyword that is in none of them, of a newer OpenSSH, is left
out with a warning.

${parts.join('\n\n')}
`
}
