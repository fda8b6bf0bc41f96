import { quoted } from '../clean.ts'
import { formatSeconds, plural, type Style } from '../views/style.ts'
import { table } from '../views/table.ts'
import type { Kept } from './containers.ts'
import type { Diagnosis, Source } from './diagnose.ts'

/** What was found, a line each, and of what a host says no more than that; the same on several hosts on one line. */
export function findingsText({ findings }: Pick<Diagnosis, 'findings'>, style: Style): string {
  if (findings.length === 0) return style('green', 'Nothing wrong was found.')
  const hosts = new Map<string, string[]>()
  for (const finding of findings) {
    const text = quoted(finding.text)
    hosts.set(text, [...(hosts.get(text) ?? []), finding.host])
  }
  const rows = [...hosts].map(([text, names]) => [style('red', names.join(', ')), text])
  return ['What was found', ...table([], rows).map((line) => `  ${line}`)].join('\n')
}

/** Where the data comes from, as the operator reads it. `now`: ms since 1970. */
export function sourceText(source: Source, now: number): string {
  switch (source.kind) {
    case 'live':
      return `etcd of ${source.host}, which answers`
    case 'rest':
      return source.hosts.length === 1
        ? `what etcd left on ${source.hosts[0]}`
        : `what etcd left on ${source.hosts.join(', ')}: of the one that got furthest`
    case 'archive':
      return source.at === undefined
        ? `the archive ${source.file}`
        : `the archive ${source.file}, ${formatSeconds((now - source.at) / 1000)} old: what was made since then is gone`
    case 'none':
      return 'nothing: the cluster begins anew and empty'
  }
}

/** What is going to be done, in order. `directory`: where the saved archive goes. */
export function intentionText(diagnosis: Diagnosis, directory: string, now: number): string {
  const { source, state, controlPlanes, identities, leftOut, repaired } = diagnosis
  const steps: string[] = []
  if (source.kind === 'live' || source.kind === 'rest') {
    if (source.kind === 'rest' || state === 'rebuild')
      steps.push(
        `bring the API servers${source.kind === 'rest' ? ' and etcd' : ''} to a standstill, so that nothing is missed`,
      )
    steps.push(`save ${sourceText(source, now)}, encrypted, into ${directory}, and prove that copy`)
  } else if (source.kind === 'archive') {
    steps.push(`prove ${sourceText(source, now)}`)
  }
  if (repaired.length > 0) steps.push(`install anew what is broken of the software of ${repaired.join(', ')}`)
  const [first, ...others] = controlPlanes
  if (source.kind === 'none') {
    steps.push("keep etcd's data of before on its host, and reset all hosts: every pod ends")
    steps.push('make a new cluster: new CAs, no objects')
  } else if (state === 'rebuild') {
    steps.push(
      `move aside, on the hosts, what is there of ${plural(controlPlanes.length, 'control plane')}: ${controlPlanes.join(', ')}`,
    )
    const rest = others.length > 0 ? `; ${others.join(', ')} ${others.length === 1 ? 'joins' : 'join'} it` : ''
    steps.push(`make ${first} anew with the same CAs and that data${rest}`)
  } else steps.push('converge all hosts, as an ordinary run does; etcd and its data stay where they are')
  if (identities.length > 0 && source.kind !== 'none')
    steps.push(`give the kubelets of ${identities.join(', ')} a new identity`)
  steps.push(
    source.kind === 'none'
      ? 'prove the cluster'
      : 'compare objects and containers with those of before. Pods on workers run on all the while',
  )
  const left =
    leftOut.length > 0
      ? [
          `Left out: ${leftOut.join(', ')}. A control plane among them still holds the cluster of before: once it is back, run this again`,
        ]
      : []
  return ['What will be done', ...steps.map((step, index) => `  ${index + 1}. ${step}`), ...left].join('\n')
}

/** What became of the pods that were to be left alone. */
export function containersText(kept: readonly Kept[], style: Style): string {
  if (kept.length === 0) return 'There is no worker whose containers could be compared.'
  const rows = kept.map((each) => {
    const whole = each.kept === each.before
    const why = each.rebooted ? 'the host was restarted' : each.ended.join(', ')
    return [each.host, String(each.before), String(each.kept), whole ? '' : style('red', why)]
  })
  const ended = kept.reduce((sum, each) => sum + each.before - each.kept, 0)
  return [
    ...table(['Containers on', 'before', 'still run', ''], rows, { right: [1, 2] }),
    '',
    ended === 0
      ? style(
          'green',
          `All ${plural(
            kept.reduce((sum, each) => sum + each.kept, 0),
            'container',
          )} of workers ran on.`,
        )
      : style('red', `${plural(ended, 'container')} of workers ended.`),
  ].join('\n')
}

/** Whether the pods of workers were left alone. */
export function allKept(kept: readonly Kept[]): boolean {
  return kept.every((each) => each.kept === each.before)
}
