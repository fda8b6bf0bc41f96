import type { Cause } from '../../src/views/causes/cause.ts'

const note = '<!-- Generated from src/views/causes and src/transport by `npm run docs`; edit those. -->'

/** Longest quotation of a log, in characters. */
const LONGEST = 110
/** Most quotations of one cause. */
const MOST = 3

/** A message that users search for, and what to do about it. */
interface Answer {
  readonly messages: readonly string[]
  readonly hint: string
}

/** Messages of one kind: the causes that are known in a domain, or the errors of one layer. */
export interface Subject {
  readonly title: string
  readonly answers: readonly Answer[]
}

/** docs/troubleshooting/index.md */
export function messageIndex(subjects: readonly Subject[]): string {
  const sections = subjects.map(({ title, answers }) => {
    const rows = answers.map(({ messages, hint }) => `| ${messages.map(code).join('<br>')} | ${cell(hint)} |`)
    return `## ${title}\n\n| message | cause and command |\n|---|---|\n${rows.join('\n')}`
  })
  return `${note}

# Troubleshooting

Run the same command again first. provision continues an interrupted run from any point. If the run fails again, search this
page for the message. provision prints the same text after \`hint:\`.

- [Failed runs](failed-runs.md): how to read a failure, exit codes, locks
- [SSH and sudo](ssh-and-sudo.md): a host rejects the connection, the login or sudo
- [Cluster status](../guides/status.md): problems of a running cluster
- [Rebuild a broken cluster](../guides/rebuild.md): the control plane is lost
- [Support bundle](../guides/support-bundle.md): logs and state in one archive

${sections.join('\n\n')}
`
}

/**
 * The known causes of a domain, each with what its pattern finds in logs.
 * @param logsOf The logs that a cause is told for.
 */
export function causesSubject(
  title: string,
  causes: readonly Cause[],
  logsOf: (cause: Cause) => readonly string[],
): Subject {
  return { title, answers: causes.map((cause) => ({ messages: found(cause, logsOf(cause)), hint: cause.hint })) }
}

function found({ cause }: Cause, logs: readonly string[]): string[] {
  const texts = logs.flatMap((log) => cause.exec(log)?.[0] ?? [])
  const short = texts.map((text) => text.replaceAll('\n', ' ').trim().slice(0, LONGEST))
  return [...new Set(short)].slice(0, MOST)
}

/** Text of a log or a message as code in a table's cell. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`'
  return `${fence}${text.replaceAll('\n', ' ').replaceAll('|', '\\|')}${fence}`
}

/** Hints are text with code in backticks. */
function cell(hint: string): string {
  const parts = hint.replace('$1', '…').split(/(`[^`]*`)/)
  return parts
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('*', '\\*')))
    .join('')
    .replaceAll('|', '\\|')
}
