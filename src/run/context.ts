import type { LimitFunction } from 'p-limit'
import type { CompileInput, HostPlan } from '../compile/plan.ts'
import type { RunEventBody } from '../events/run-event.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host } from '../inventory/inventory.ts'
import type { Library } from '../shell/load.ts'
import type { Session } from '../transport/transport.ts'
import type { HostFile, HostUpload } from './transfers.ts'
import type { Values } from './values.ts'

/** A host that is asked for the values of its on-demand phases. */
export interface ValueMaker {
  readonly produce: (name: string) => Promise<void>
}

/** What the journeys of one run share. */
export interface RunContext {
  readonly run: string
  readonly mode: 'apply' | 'check'
  readonly prelude: (family: HostFacts['family'], libraries: Iterable<Library>) => string
  /** How many hosts work at once; waiting for a value takes no place. */
  readonly limit: LimitFunction
  readonly values: Values
  /** Outputs that are made only when somebody asks. */
  readonly onDemand: ReadonlySet<string>
  /** Settled once the host that stands for the cluster is ours, or cannot be reached. */
  readonly lockTaken: Promise<void>
  /** Settled once it is known that the hosts are what they should be; where they are not, `stopping` is aborted. */
  readonly introduced: Promise<void>
  /** Aborted when the operator asks to stop: running tasks end, nothing new begins. */
  readonly stopping: AbortSignal
  /** What a host gets before its first program. */
  readonly uploads: (host: string) => readonly HostUpload[]
  /** Takes the files that tasks give. */
  readonly takeFile: ((file: HostFile) => Promise<void>) | undefined
  /** Redacts, stamps and passes on. */
  readonly emit: (event: RunEventBody) => void
  readonly open: (host: Host) => Promise<Session>
  /** Whether the whole run is refused where this host is held by another: a control plane, or the first host of a run without. */
  readonly standsForCluster: (host: Host) => boolean
  readonly plan: (host: Host, facts: HostFacts) => HostPlan
  readonly compileInput: (host: Host, facts: HostFacts, clockOffset: number) => CompileInput
  readonly hostRun: (name: string) => ValueMaker | undefined
  /** A value has reached the host that asked; it is among its `outputs` from now on. */
  readonly received: (host: string, name: string, value: unknown) => void
  /** An output has come from a host. */
  readonly gave: (host: string, name: string, value: string, secret: boolean) => void
}
