import { randomBytes } from 'node:crypto'
import { compiling } from '../compile/load.ts'
import { requireAccess } from '../disk/denied.ts'
import { formatProblem, UserError } from '../errors.ts'
import { now } from '../events/now.ts'
import type { RunEvent, RunSummary } from '../events/run-event.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { outputsOf } from '../playbook/outputs.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Expectation, Greeting } from '../run/identity.ts'
import { type RunResult, runPlaybooks } from '../run/run.ts'
import { createTargets } from '../run/targets.ts'
import type { HostFile, HostUpload } from '../run/transfers.ts'
import { createRedactor, type Redactor } from '../secrets/redact.ts'
import { loadPrelude } from '../shell/load.ts'
import { stampOf } from '../stamp.ts'
import { writeSchemas } from '../state/editor-schemas.ts'
import { factsOf, keepFacts } from '../state/facts.ts'
import { keptAuthorities, setKubeconfigAside } from '../state/kubeconfig.ts'
import { lockRun } from '../state/lock.ts'
import { statePaths } from '../state/paths.ts'
import { describeNotice } from '../transport/notice.ts'
import { createSshTransport } from '../transport/ssh.ts'
import type { Operator } from '../transport/transport.ts'
import type { Part } from '../transport/undertaking.ts'
import { version } from '../version.ts'
import { askSecret } from '../views/ask.ts'
import { openReport } from '../views/report.ts'
import { withNodeAddresses } from './node-addresses.ts'
import { operatorName } from './operator.ts'
import type { GlobalOptions } from './options.ts'
import { readSettingsSecrets } from './settings-secrets.ts'
import { refuseUnfinished } from './unfinished.ts'

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
  /**
   * The restore or rebuild that this is a part of; `any`: it leaves the cluster as it is, so it may be beside one. Without it
   * the work is refused while one has not ended, here or on any host.
   */
  readonly undertaking?: Part | 'any' | undefined
  /**
   * What hosts may be when it begins; `keep` without it, and `replace` in a restore or rebuild. See {@link Expectation}.
   */
  readonly nodes?: Expectation['nodes'] | undefined
  /** Only asks: nobody is kept out, nothing is shown or recorded. */
  readonly observe?: boolean
  /** Nothing is shown or recorded: a small thing at the end of a larger one. */
  readonly quiet?: boolean
  /** Gets to know the secrets of the run; for who takes files and has to take them out. */
  readonly redactor?: Redactor
}

export interface Executed {
  readonly summary: RunSummary
  readonly outputs: RunResult['outputs']
  /** What the hosts that were contacted said they are. */
  readonly greetings: readonly Greeting[]
}

/**
 * Runs the work, showing and recording it. Throws LockedError, also where a restore or rebuild has not ended, and
 * MistakenHosts where hosts are not what the inventory says; every other failure of a host is in the summary.
 */
export async function execute(given: Work, options: GlobalOptions): Promise<Executed> {
  // Whatever lies there, and whoever it belongs to, is known before hosts are asked anything.
  requireAccess(statePaths(given.inventory).directory, given.observe ? undefined : ['known_hosts'])
  const work = await withNodeAddresses(given, (question) =>
    execute({ command: given.command, mode: 'apply', observe: true, ...question }, options),
  )
  const { inventory, mode } = work
  if (work.onFile === undefined) refuseFiles(work.playbooks)
  const paths = statePaths(inventory)
  const operator = newOperator()
  const lock = mode === 'apply' && !work.observe
  const unlock = lock ? await lockRun(paths.directory, operator) : async () => {}
  const redactor = work.redactor ?? createRedactor()
  const report = openReport(
    work.observe || work.quiet
      ? { output: 'none' }
      : { output: options.output, verbose: options.verbose, records: paths.runs },
  )
  const onEvent = (event: RunEvent) => report.event(event)
  const notice = (message: string, level: 'info' | 'warning', host?: string) =>
    onEvent(redactor.event({ kind: 'notice', at: now(), level, message, ...(host === undefined ? {} : { host }) }))
  const { signal, interrupted, release } = interrupts(notice)
  try {
    if (lock) writeSchemas(inventory.file)
    if (lock && work.undertaking !== 'any') await refuseUnfinished(inventory, work.undertaking?.verb)
    const up = work.selected.filter((host) => host.state === 'up')
    const target = createTargets(askSecret, (secret) => redactor.add(secret))
    // What must be asked for is asked for one after the other, before anything is drawn or contacted.
    for (const host of up) await target(host)
    const secrets = await readSettingsSecrets(inventory, work.playbooks, askSecret, (secret) => redactor.add(secret))
    onEvent({
      kind: 'run-started',
      at: now(),
      run: operator.run,
      command: work.command,
      cluster: inventory.cluster,
      mode,
      hosts: work.selected.map((host) => host.name),
      operator: operator.who,
      version,
      ...(work.scope === undefined ? {} : { scope: { of: inventory.hosts.length, ...work.scope } }),
    })
    for (const problem of inventory.warnings) notice(formatProblem(problem), 'warning')
    for (const host of work.selected.filter((each) => each.state === 'down')) {
      onEvent({ kind: 'host-finished', at: now(), host: host.name, outcome: 'down' })
    }
    const how = compiling(inventory, work.playbooks, secrets)
    const seen: Record<string, HostFacts> = {}
    const transport = createSshTransport({
      knownHostsFile: paths.knownHosts,
      onNotice: (one) => notice(describeNotice(one), one.kind === 'host-key-pinned' ? 'info' : 'warning', one.host),
    })
    await transport.check(await Promise.all(up.map(target)))
    const result = await runPlaybooks({
      run: operator.run,
      lock: lock ? operator : undefined,
      undertaking: work.undertaking,
      mode,
      inventory,
      selected: up,
      expected: work.observe ? undefined : expectationOf(work),
      onNewCluster: () => {
        const before = setKubeconfigAside(inventory)
        if (before) notice(`the kubeconfig of an earlier cluster is kept as ${before}`, 'info')
      },
      outputs: outputsOf(work.playbooks, inventory),
      transport,
      target,
      ...how,
      plan: (host, found) => {
        seen[host.name] = factsOf(found)
        return how.plan(host, found)
      },
      prelude: loadPrelude,
      uploads: work.uploads,
      onFile: work.onFile,
      redactor,
      onEvent,
      concurrency: options.concurrency,
      connectTimeout: options.timeout,
      stopping: signal,
    })
    try {
      keepFacts(inventory, seen)
    } catch (error) {
      // They are for `compile` alone: a full disk here is no failure of the hosts.
      notice(`the facts of the hosts could not be stored: ${(error as Error).message}`, 'warning')
    }
    const summary = await report.finish(interrupted() ? 130 : undefined)
    return { summary, outputs: result.outputs, greetings: result.greetings }
  } catch (error) {
    await report.close()
    throw error
  } finally {
    release()
    await unlock()
  }
}

/** What the hosts of a work may be. */
function expectationOf({ inventory, nodes, undertaking }: Work): Expectation {
  const part = undertaking !== undefined && undertaking !== 'any'
  return { nodes: nodes ?? (part ? 'replace' : 'keep'), kept: keptAuthorities(inventory) }
}

/** A file that nobody takes would be made in vain. Throws UserError. */
function refuseFiles(playbooks: readonly Playbook[]): void {
  const tasks = playbooks.flatMap((playbook) => playbook.phases.flatMap((phase) => phase.tasks))
  const problems = tasks
    .filter((task) => task.output?.file)
    .map((task) => ({
      message: `value ${task.output?.name} has file: true, but no command reads it`,
      source: task.locate(['output', 'file']),
      hint: 'remove file: true: only built-in commands read files of hosts',
    }))
  if (problems.length > 0) throw new UserError(problems)
}

function newOperator(): Operator {
  const now = new Date()
  return {
    who: operatorName(),
    run: `${stampOf(now)}-${randomBytes(2).toString('hex')}`,
    since: now.toISOString(),
  }
}

/** First Ctrl-C: running tasks end, nothing new begins. Second: leave at once; what runs on the hosts goes on by itself. */
function interrupts(notice: (message: string, level: 'warning') => void) {
  const stopping = new AbortController()
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(130)
    notice('stopping after the current tasks; press Ctrl-C again to exit now (tasks on hosts continue)', 'warning')
    stopping.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: stopping.signal,
    interrupted: () => stopping.signal.aborted,
    release: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
