import type { SourceRef } from '../errors.ts'
import type { Path } from '../yaml/document.ts'

/** A playbook file, checked as far as it can be without a host. */
export interface Playbook {
  /** As it was named. */
  readonly file: string
  /** Absolute; files that its tasks name lie relative to it. */
  readonly directory: string
  readonly description: string
  readonly vars: Readonly<Record<string, unknown>>
  readonly phases: readonly Phase[]
  /** Where something within the file stands. */
  readonly locate: (path: Path) => SourceRef
}

export interface Phase {
  /** Unique in a run: what code and hooks select it by. Those of shipped playbooks are kebab-case. */
  readonly id: string
  /** For people: events and reports show it. */
  readonly name: string
  readonly hosts: HostSelector
  /** Of those the ones it runs on in this run; all of them without it. Decided by the command, not by the file. */
  readonly only?: readonly string[] | undefined
  /** Runs only when another host needs what its tasks output. */
  readonly onDemand: boolean
  readonly tasks: readonly PlaybookTask[]
  readonly source: SourceRef
}

/** `first`: true for the first such host of the inventory only, false for all but the first. */
export type HostSelector =
  | 'all'
  | {
      readonly role?: string | undefined
      readonly first?: boolean | undefined
      readonly names?: readonly string[] | undefined
    }

/** A task as written, `${…}` still in it. */
export interface PlaybookTask {
  readonly module: string
  readonly args: unknown
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly when?: When | undefined
  readonly forEach?: string | readonly unknown[] | undefined
  readonly output?: Output | undefined
  readonly timeout?: string | undefined
  readonly restartAfter: readonly string[]
  readonly needs: readonly string[]
  readonly background: boolean
  readonly after: readonly string[]
  readonly source: SourceRef
  /** Where something within the task stands. */
  readonly locate: (path: Path, part?: 'key' | 'value') => SourceRef
}

/** Dotted path to the value, or values, of which it must be one. All must match, and none of `not`. */
export type When = Readonly<Record<string, unknown>>

/** A value that the task gives to other hosts. */
export interface Output {
  readonly name: string
  readonly secret: boolean
  /** The value is a path on the host: the file is fetched once the program is over. */
  readonly file?: true | undefined
}

/** A task of one host: nothing left to decide but what the host itself must be asked. */
export interface ExpandedTask {
  readonly module: string
  /** What the module's schema made of its arguments. */
  readonly args: unknown
  readonly title: string
  /** Name of its phase. */
  readonly phase: string
  readonly phaseId: string
  readonly source: SourceRef
  /** Absolute; files that the task names lie relative to it. */
  readonly directory: string
  readonly id?: string | undefined
  readonly restartAfter: readonly string[]
  readonly needs: readonly string[]
  readonly output?: Output | undefined
  readonly background: boolean
  readonly after: readonly string[]
  /** Undefined: the module's own limit. */
  readonly timeoutSeconds?: number | undefined
  /** Setting of the inventory that says how long it may take or wait, such as `timeouts.ready`. */
  readonly limitedBy?: string | undefined
  readonly onDemand: boolean
  /** For templates, beside what all tasks see. */
  readonly locals: { readonly vars: Readonly<Record<string, unknown>>; readonly item?: unknown }
}
