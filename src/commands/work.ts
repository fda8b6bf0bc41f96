import type { Redactor } from '../events/redact.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { RunResult } from '../run/run.ts'
import type { HostFile, HostUpload } from '../run/transfers.ts'

/** What one run is to do. */
export interface Work {
  /** As the operator would type it, for the record. */
  readonly command: string
  readonly mode: 'apply' | 'check'
  readonly inventory: Inventory
  readonly playbooks: readonly Playbook[]
  readonly selected: readonly Host[]
  /** For a run that is to leave other hosts alone: what the summary is to account for. */
  readonly scope?: { readonly named: readonly string[]; readonly phases: readonly string[] } | undefined
  /** Files that hosts get before their programs; kept where the tasks that use them look. */
  readonly uploads?: readonly HostUpload[] | undefined
  /** Takes files that tasks give with `output: { file: true }`. */
  readonly onFile?: ((file: HostFile) => Promise<void>) | undefined
  /** Only asks: nobody is kept out, nothing is shown or recorded. */
  readonly observe?: boolean
  /** Gets to know the secrets of the run; for who takes files and has to take them out. */
  readonly redactor?: Redactor
}

export interface Executed {
  readonly summary: RunSummary
  readonly outputs: RunResult['outputs']
}
