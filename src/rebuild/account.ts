import { quoted } from '../clean.ts'
import { formatSeconds, plural, type Style } from '../views/style.ts'
import { table } from '../views/table.ts'
import type { Kept } from './containers.ts'
import type { Diagnosis, Source } from './diagnose.ts'

/** Findings, a line each, and of what a host says no more than that; the same on several hosts on one line. */
export function findingsText({ findings }: Pick<Diagnosis, 'findings'>, style: Style): string {
  if (findings.length === 0) return style('green', 'No problems found.')
  const hosts = new Map<string, string[]>()
  for (const finding of findings) {
    const text = quoted(finding.text)
    hosts.set(text, [...(hosts.get(text) ?? []), finding.host])
  }
  const rows = [...hosts].map(([text, names]) => [style('red', names.join(', ')), text])
  return ['Findings', ...table([], rows).map((line) => `  ${line}`)].join('\n')
}

/** Where the data comes from, as the operator reads it. `now`: ms since 1970. */
export function sourceText(source: Source, now: number): string {
  switch (source.kind) {
    case 'live':
      return `the running etcd of ${source.host}`
    case 'rest':
      return source.hosts.length === 1
        ? `the data of etcd on ${source.hosts[0]}`
        : `the data of etcd on ${source.hosts.join(', ')}: the newest of them`
    case 'archive':
      return source.at === undefined
        ? `the archive ${source.file}`
        : `the archive ${source.file}, ${formatSeconds((now - source.at) / 1000)} old: newer data is lost`
    case 'none':
      return 'nothing: the new cluster is empty'
  }
}

/** What is going to be done, in order. `directory`: where the saved archive goes. */
export function intentionText(diagnosis: Diagnosis, directory: string, now: number): string {
  const { source, state, controlPlanes, identities, leftOut, repaired } = diagnosis
  const steps: string[] = []
  if (source.kind === 'live' || source.kind === 'rest') {
    if (source.kind === 'rest' || state === 'rebuild')
      steps.push(`stop API servers${source.kind === 'rest' ? ' and etcd' : ''} so that no writes are lost`)
    steps.push(`save ${sourceText(source, now)}, encrypted, in ${directory}, and verify the archive`)
  } else if (source.kind === 'archive') {
    steps.push(`verify ${sourceText(source, now)}`)
  }
  if (repaired.length > 0) steps.push(`reinstall broken software on ${repaired.join(', ')}`)
  const [first, ...others] = controlPlanes
  if (source.kind === 'none') {
    steps.push('keep the previous data of etcd on its host, and reset all hosts: every pod ends')
    steps.push('create a new cluster: new CAs, no objects')
  } else if (state === 'rebuild') {
    steps.push(
      `move the files of ${plural(controlPlanes.length, 'control plane')} to a backup directory on the host: ${controlPlanes.join(', ')}`,
    )
    const rest = others.length > 0 ? `; ${others.join(', ')} ${others.length === 1 ? 'joins' : 'join'} it` : ''
    steps.push(`rebuild ${first} with the same CAs and data${rest}`)
  } else steps.push('apply the inventory to all hosts; etcd keeps its data')
  if (identities.length > 0 && source.kind !== 'none')
    steps.push(`renew the identity of the kubelets of ${identities.join(', ')}`)
  steps.push(
    source.kind === 'none'
      ? 'verify the cluster'
      : 'compare objects and containers with the previous ones. Pods on workers keep running',
  )
  const left =
    leftOut.length > 0
      ? [
          `Skipped: ${leftOut.join(', ')}. Skipped control planes still hold the previous cluster: run this again when they return`,
        ]
      : []
  return ['Planned steps', ...steps.map((step, index) => `  ${index + 1}. ${step}`), ...left].join('\n')
}

/** What became of the pods that were to be left alone. */
export function containersText(kept: readonly Kept[], style: Style): string {
  if (kept.length === 0) return 'No worker containers to compare.'
  const rows = kept.map((each) => {
    const whole = each.kept === each.before
    const why = each.rebooted ? 'the host was restarted' : each.ended.join(', ')
    return [each.host, String(each.before), String(each.kept), whole ? '' : style('red', why)]
  })
  const ended = kept.reduce((sum, each) => sum + each.before - each.kept, 0)
  return [
    ...table(['Containers on', 'before', 'still running', ''], rows, { right: [1, 2] }),
    '',
    ended === 0
      ? style(
          'green',
          `All ${plural(
            kept.reduce((sum, each) => sum + each.kept, 0),
            'container',
          )} of workers kept running.`,
        )
      : style('red', `${plural(ended, 'container')} of workers ended.`),
  ].join('\n')
}

/** Whether the pods of workers were left alone. */
export function allKept(kept: readonly Kept[]): boolean {
  return kept.every((each) => each.kept === each.before)
}
