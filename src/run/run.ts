import pLimit from 'p-limit'
import type { Compiling } from '../compile/load.ts'
import { formatProblem, LockedError, MistakenHosts } from '../errors.ts'
import { now } from '../events/now.ts'
import type { RunEvent, RunEventBody } from '../events/run-event.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { OutputSpec } from '../playbook/outputs.ts'
import type { Redactor } from '../secrets/redact.ts'
import type { Library } from '../shell/load.ts'
import type { Operator, Session, Target, Transport } from '../transport/transport.ts'
import type { Part } from '../transport/undertaking.ts'
import type { RunContext } from './context.ts'
import { createGenerator } from './generate.ts'
import { Greetings } from './greetings.ts'
import { HostRun } from './host-run.ts'
import {
  controlPlaneToAsk,
  type Expectation,
  type Greeting,
  isClusterHeld,
  isNewCluster,
  mistakesOf,
} from './identity.ts'
import type { HostFile, HostUpload } from './transfers.ts'
import { Values } from './values.ts'

export interface RunOptions extends Compiling {
  readonly run: string
  /** In whose name hosts are locked; without it (plan, status) nothing is. */
  readonly lock: Operator | undefined
  /** The restore or rebuild that the run is a part of; `any`: it may be beside one. */
  readonly undertaking?: Part | 'any' | undefined
  readonly mode: 'apply' | 'check'
  readonly inventory: Inventory
  /** The hosts whose phases run; others are contacted only for values that these need. */
  readonly selected: readonly Host[]
  /** What hosts may be; without it (status) no more is looked at than that no machine is there twice. */
  readonly expected?: Expectation | undefined
  /** Called before anything is changed, where no control plane holds a cluster yet and this run is to make one. */
  readonly onNewCluster?: (() => void) | undefined
  /** Every output of the playbooks, with who makes it. */
  readonly outputs: readonly OutputSpec[]
  readonly transport: Transport
  readonly target: (host: Host) => Promise<Target>
  readonly prelude: (family: HostFacts['family'], libraries: Iterable<Library>) => string
  readonly redactor: Redactor
  readonly onEvent: (event: RunEvent) => void
  readonly concurrency: number
  /** Seconds to connect, authenticate and become root. */
  readonly connectTimeout: number
  /** Files that hosts get before their first program. */
  readonly uploads?: readonly HostUpload[] | undefined
  /** Takes the files that tasks with `output: { file: true }` give, each after its program; what it throws fails the host. */
  readonly onFile?: ((file: HostFile) => Promise<void>) | undefined
  /** Aborted when the operator wants to stop. */
  readonly stopping: AbortSignal
}

export interface RunResult {
  /** Outputs that came, by name and host; secrets among them. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** What the hosts that were contacted said they are, in the inventory's order. */
  readonly greetings: readonly Greeting[]
}

/**
 * Runs the playbooks on all selected hosts side by side. There are no barriers: a host waits only for the values it
 * consumes. Throws LockedError when somebody else is provisioning a control plane of them, and MistakenHosts, before any of
 * them is changed, where they are not what is `expected`; every other failure of a host is in the result. What `onEvent`
 * throws is thrown once all hosts have ended.
 */
export async function runPlaybooks(options: RunOptions): Promise<RunResult> {
  const { inventory, selected, mode } = options
  const stopping = new AbortController()
  const signal = AbortSignal.any([stopping.signal, options.stopping])
  const hostRuns = new Map<string, HostRun>()
  const received = new Map<string, Record<string, unknown>>()
  const outputs = new Map<string, Map<string, string>>()
  const lock = Promise.withResolvers<void>()
  const names = new Set(selected.map((host) => host.name))
  const isSelected = (host: Host) => names.has(host.name)
  const greetings = new Greetings(selected.length, () => mistakes())
  const mistakes = () =>
    options.expected ? mistakesOf(inOrder(greetings, inventory), inventory, options.expected) : []
  let refused: MistakenHosts | undefined
  const generate = createGenerator((secret) => options.redactor.add(secret))

  // What goes wrong here or in who is told is no fault of the hosts: they go to their ends, and it is thrown after that.
  const faults: unknown[] = []
  const emit = (event: RunEventBody) => {
    try {
      options.onEvent(options.redactor.event({ at: now(), ...event }))
    } catch (error) {
      faults.push(error)
    }
  }
  const context: RunContext = {
    run: options.run,
    mode,
    prelude: options.prelude,
    limit: pLimit(options.concurrency),
    values: new Values(
      producersOf(options.outputs, selected),
      new Set(options.outputs.filter((each) => each.gathered).map((each) => each.name)),
    ),
    onDemand: new Set(options.outputs.filter((each) => each.onDemand).map((each) => each.name)),
    lockTaken: lock.promise,
    introduced: greetings.over.then(() => introduce()),
    stopping: signal,
    uploads: (host) => (options.uploads ?? []).filter((each) => each.host === host),
    takeFile: options.onFile,
    emit,
    open: (host) => open(host, options, emit, greetings, signal).finally(() => isSelected(host) && greetings.settled()),
    standsForCluster: (host) => host.role === 'control-plane' || host === first?.host,
    plan: options.plan,
    compileInput: (host, facts, clockOffset) => ({
      ...options.compileInput(host, facts, received.get(host.name) ?? {}),
      values: received.get(host.name) ?? {},
      generate,
      clockOffset,
      clusterHeld: options.expected?.nodes === 'make' && isClusterHeld(greetings.all),
      isSecret: (text) => options.redactor.holdsSecret(text),
      absent: (name) => context.values.absent(name),
    }),
    hostRun: (name) => hostRuns.get(name),
    received: (host, name, value) => received.set(host, { ...received.get(host), [name]: value }),
    gave: (host, name, value, secret) => {
      if (secret) options.redactor.add(value)
      outputs.set(name, (outputs.get(name) ?? new Map<string, string>()).set(host, value))
      context.values.provide(name, host, value)
    },
  }
  for (const host of inventory.hosts) hostRuns.set(host.name, new HostRun(host, context, isSelected(host)))

  const journeys = selected.map((host) => hostRuns.get(host.name) as HostRun)
  const first = journeys.find((each) => each.host.role === 'control-plane') ?? journeys[0]
  /** Before any of them is changed: whether the hosts are what they should be. */
  async function introduce(): Promise<void> {
    const outside = controlPlaneToAsk(greetings.all, selected, inventory, options.expected)
    if (outside !== undefined)
      await hostRuns
        .get(outside.name)
        ?.locked()
        .catch(() => {})
    const found = mistakes()
    for (const { host, problem } of found.filter((each) => each.warning))
      emit({ kind: 'notice', level: 'warning', host, message: formatProblem(problem) })
    const wrong = found.filter((each) => !each.warning)
    if (wrong.length === 0) {
      if (mode === 'apply' && options.expected?.nodes === 'make' && isNewCluster(greetings.all, inventory))
        options.onNewCluster?.()
      return
    }
    refused = new MistakenHosts(wrong.map(({ problem }) => problem))
    stopping.abort()
  }
  const stopAll = () => void Promise.all(journeys.map((each) => each.stop()))
  signal.addEventListener('abort', stopAll)
  let locked: LockedError | undefined
  try {
    // The host that stands for the cluster is locked first: whoever comes second is told before anything is touched.
    first?.locked().then(lock.resolve, lock.resolve)
    await Promise.all(
      journeys.map(async (each) => {
        try {
          await each.journey()
        } catch (error) {
          if (error instanceof LockedError) {
            locked ??= error
            stopping.abort()
          } else faults.push(error)
        }
      }),
    )
    const others = [...hostRuns.values()].filter((each) => !journeys.includes(each))
    faults.push(...(await failuresOf(journeys.map((each) => each.review()))))
    faults.push(...(await failuresOf(others.map((each) => each.served()))))
  } finally {
    signal.removeEventListener('abort', stopAll)
    await Promise.allSettled([...hostRuns.values()].map((each) => each.close()))
  }
  if (locked) throw locked
  if (refused) throw refused
  if (faults.length > 0) throw faults[0]
  return { outputs, greetings: inOrder(greetings, inventory) }
}

function inOrder(greetings: Greetings, { hosts }: Inventory): Greeting[] {
  const place = new Map(hosts.map(({ name }, index) => [name, index]))
  return greetings.all.toSorted((a, b) => (place.get(a.host.name) ?? 0) - (place.get(b.host.name) ?? 0))
}

/** Waits for all, and gives what those threw that failed. */
async function failuresOf(jobs: readonly Promise<void>[]): Promise<unknown[]> {
  return (await Promise.allSettled(jobs)).flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
}

async function open(
  host: Host,
  options: RunOptions,
  emit: RunContext['emit'],
  greetings: Greetings,
  signal: AbortSignal,
): Promise<Session> {
  emit({ kind: 'host-state', host: host.name, state: 'connecting' })
  return options.transport.open(await options.target(host), {
    lock: options.lock,
    undertaking: options.undertaking,
    onGreeting: (identity) => greetings.greet(host, identity),
    timeout: options.connectTimeout,
    signal,
  })
}

/** Who will make each output in this run: on demand any host that can, otherwise only the selected ones. */
function producersOf(outputs: readonly OutputSpec[], selected: readonly Host[]): Map<string, string[]> {
  const names = new Set(selected.map((host) => host.name))
  return new Map(outputs.map((each) => [each.name, each.hosts.filter((host) => each.onDemand || names.has(host))]))
}
