import { createHash } from 'node:crypto'
import { quote, type ShellText } from './quote.ts'

/** One task of a program: shell only, nothing of where it came from but a comment. */
export interface ProgramTask {
  /** `t12`; also the prefix of its functions. */
  readonly id: string
  /** `playbooks/cluster/prepare.yaml:31 Kernel modules`, for the reader of the program. */
  readonly comment: string
  readonly timeout: number
  /** What the operator sets to give it longer, such as `timeouts.download`. */
  readonly limitedBy?: string | undefined
  readonly check: ShellText
  readonly apply: ShellText
  readonly diff?: ShellText | undefined
  readonly content?: string | Uint8Array | undefined
  readonly parts?: Readonly<Record<string, string | Uint8Array>> | undefined
  /** Marks of restarts that a change of this task owes. */
  readonly marks: readonly string[]
  readonly output?: { readonly name: string; readonly read: ShellText } | undefined
  /** Values of other hosts its apply wants and does not have. */
  readonly missing: readonly string[]
  /** Apply runs while later tasks go on, up to the first that joins it. */
  readonly background: boolean
  /** Background tasks to wait for before this one. */
  readonly joins: readonly string[]
}

/** What is asked for all tasks of a program at once, before the first check. */
export interface Prefetch {
  readonly packages?: readonly string[]
  /** Full unit names, with their `.service` or `.socket`. */
  readonly units?: readonly string[]
  readonly files?: readonly string[]
  /** Functions of this program that print manifests of what is applied as they say. */
  readonly manifests?: readonly string[]
  /** Types of what is asked of the cluster: nodes, pods, configmaps. */
  readonly cluster?: readonly string[]
}

export interface ProgramSpec {
  readonly mode: 'apply' | 'check'
  readonly nonce: string
  readonly host: string
  readonly prelude: string
  /** Whether a control plane holds the cluster already. */
  readonly clusterHeld?: boolean | undefined
  /** Seconds to wait for another package manager. */
  readonly lockSeconds?: number | undefined
  readonly tasks: readonly ProgramTask[]
  /** Undefined where every check is to ask for itself. */
  readonly prefetch: Prefetch | undefined
}

/** In the order in which they are asked: what takes its time comes first, and goes on beside the others. */
export const prefetchKinds = ['manifests', 'cluster', 'packages', 'units', 'files'] as const

/** Assembles one POSIX sh program. All of it is functions; the last line calls `main`, so a truncated copy does nothing. */
export function assemble(spec: ProgramSpec): string {
  const background = new Map(spec.tasks.filter((task) => task.background).map((task) => [task.id, task.timeout]))
  return [
    '#!/bin/sh',
    `# provision: ${comment(spec.host)}`,
    `P_MODE=${quote(spec.mode)} P_NONCE=${quote(spec.nonce)} P_TASKS=${spec.tasks.length}`,
    ...(spec.clusterHeld ? ['P_CLUSTER_HELD=1'] : []),
    ...(spec.lockSeconds === undefined ? [] : [`P_LOCK_SECONDS=${spec.lockSeconds}`]),
    spec.prelude.trimEnd(),
    ...spec.tasks.flatMap(functions),
    'main() {',
    'begin',
    ...(spec.prefetch ? askAhead(spec.prefetch) : []),
    ...spec.tasks.flatMap((task) => steps(task, background)),
    ...[...background].map(([id, timeout]) => `join_step ${id} ${timeout}`),
    "finish 'done'",
    '}',
    'case ${1:-} in',
    'run) main ;;',
    'task)',
    'P_TASK=$2',
    'log_task "$2"',
    'set -eu',
    '"${2}_apply"',
    ';;',
    'esac',
    '',
  ]
    .filter((line) => line !== undefined)
    .join('\n')
}

function functions(task: ProgramTask): string[] {
  const marks = task.marks.length > 0 ? [`${task.id}_marks=${quote(task.marks.join(' '))}`] : []
  const diff =
    task.diff === undefined ? [] : [`${task.id}_diff=${task.id}_diff_text`, body(`${task.id}_diff_text`, task.diff)]
  const output =
    task.output === undefined
      ? []
      : [
          `${task.id}_outputs=${quote(task.output.name)}`,
          body(`${task.id}_output_${task.output.name}`, task.output.read),
        ]
  return [
    `# ${task.id} ${comment(task.comment)}`,
    ...marks,
    ...(task.limitedBy === undefined ? [] : [`${task.id}_limit=${quote(task.limitedBy)}`]),
    body(`${task.id}_check`, task.check),
    body(`${task.id}_apply`, task.apply),
    ...diff,
    ...output,
    ...(task.content === undefined ? [] : [contentFunction(`${task.id}_content`, task.content)]),
    ...Object.entries(task.parts ?? {}).map(([name, part]) => contentFunction(`${task.id}_part_${name}`, part)),
  ]
}

function body(name: string, text: ShellText): string {
  return `${name}() {\n${text === '' ? ':' : text}\n}`
}

/** Text goes into the program as it is, so that the program can be read; bytes and text a here-doc would change, as base64. */
function contentFunction(name: string, content: string | Uint8Array): string {
  if (typeof content === 'string' && content.endsWith('\n') && !/[\0\r]/.test(content)) {
    const end = `P_END_${createHash('sha256').update(content).digest('hex').slice(0, 16)}`
    return `${name}() {\ncat <<'${end}'\n${content}${end}\n}`
  }
  const encoded = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n')
  return `${name}() {\nbase64 -d <<'P_END_BASE64'\n${encoded}\nP_END_BASE64\n}`
}

function steps(task: ProgramTask, background: Map<string, number>): string[] {
  // A program that ends for a value must not leave its background tasks behind.
  const joined = task.missing.length > 0 ? [...background.keys()] : task.joins
  const joins = joined.map((id) => `join_step ${id} ${background.get(id) ?? 600}`)
  if (task.background) return [...joins, `start_step ${task.id} ${task.timeout}`]
  const missing = task.missing.length > 0 ? ` ${quote(task.missing.join(' '))}` : ''
  return [...joins, `step ${task.id} ${task.timeout}${missing}`]
}

function askAhead(prefetch: Prefetch): string[] {
  const asked = prefetchKinds.filter((kind) => prefetch[kind]?.length)
  return [...asked.map((kind) => `prefetch_${kind} ${prefetch[kind]?.map(quote).join(' ')}`), 'P_SNAPSHOT=1']
}

function comment(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?')
}
