import { z } from '../zod.ts'

/** A place in a playbook; see SourceRef. */
const source = z.object({
  file: z.string(),
  line: z.int().describe('From 1'),
  column: z.int().describe('From 1'),
})

const seconds = z.number().nonnegative()
const host = z.string().describe('Name of a host in the inventory')
const task = z.string().describe('Number of the task in its host’s journey, such as t12')

const scope = z.object({
  of: z.int().describe('Hosts of the inventory'),
  named: z.array(host).readonly().describe('Those that the command was given'),
  phases: z.array(z.string()).readonly().describe('Phases in which it concerns other hosts, too'),
})

const hostOutcome = z
  .enum(['converged', 'changed', 'drifted', 'failed', 'unreachable', 'not-attempted', 'down', 'stopped'])
  .describe(
    'converged: nothing was to do; changed: something was, and holds now; drifted: a plan found changes; ' +
      'not-attempted: a value it needs from another host did not come; down: left out because the inventory says so; ' +
      'stopped: the run was interrupted',
  )

const traffic = z.object({
  connections: z.int().nonnegative(),
  execs: z.int().nonnegative(),
  bytesSent: z.int().nonnegative(),
  bytesReceived: z.int().nonnegative(),
})

const stage = z
  .enum(['check', 'apply', 'recheck', 'timeout', 'output'])
  .describe('recheck: applied, and still not as it should be; the code of a timeout is its limit in seconds')

const failure = z.object({
  host,
  task,
  title: z.string(),
  source,
  stage,
  code: z.int(),
  log: z.string().describe('The last lines that the task printed'),
  hint: z.string().optional().describe('What to do about it, where that is known'),
})

const runSummary = z.object({
  run: z.string(),
  cluster: z.string(),
  mode: z.enum(['apply', 'check']),
  exitCode: z.int().describe('0 converged, 1 a host failed, 3 a plan found changes, 130 interrupted'),
  seconds: seconds.describe('Wall time of the run'),
  hosts: z
    .array(
      z.object({
        name: host,
        outcome: hostOutcome,
        ok: z.int(),
        changed: z.int(),
        failed: z.int(),
        wouldChange: z.int(),
        unknown: z.int(),
        ...traffic.shape,
        seconds,
        error: z.string().optional(),
        hint: z.string().optional(),
      }),
    )
    .readonly(),
  scope: z
    .object({
      of: z.int().describe('Hosts of the inventory'),
      contacted: z.int().describe('Hosts that a connection was made to, or tried'),
      elsewhere: z.int().describe('Changes on hosts that are not in the scope of the command'),
    })
    .optional()
    .describe('Of a run that is to leave other hosts alone'),
  criticalPath: z
    .array(
      z.object({
        host,
        phase: z.string(),
        seconds,
        waitedFor: z.string().optional().describe('What the host had been waiting for before this'),
      }),
    )
    .readonly()
    .describe('What the wall time was made of, from the start of the run to its end'),
  failures: z.array(failure).readonly(),
  warnings: z
    .array(z.object({ host: host.optional(), message: z.string() }))
    .readonly()
    .describe('Every notice of level warning'),
})

const bodies = [
  z.object({
    kind: z.literal('run-started'),
    run: z.string().describe('Unique, and the name of the run’s record'),
    command: z.string(),
    cluster: z.string(),
    mode: z.enum(['apply', 'check']),
    hosts: z.array(host).readonly(),
    scope: scope.optional().describe('Of a run that is to leave other hosts alone'),
    operator: z.string().describe('user@machine'),
    version: z.string(),
  }),
  z.object({
    kind: z.literal('host-state'),
    host,
    state: z.enum(['queued', 'connecting', 'running', 'waiting', 'rebooting', 'finished']),
    waitingFor: z.string().optional().describe('For people: joinToken from cp1'),
    waitingOn: z.array(host).readonly().optional().describe('The hosts that make what it waits for'),
  }),
  z.object({ kind: z.literal('phase'), host, phase: z.string() }),
  z.object({
    kind: z.literal('task'),
    host,
    task,
    phase: z.string(),
    title: z.string(),
    source,
    status: z
      .enum(['ok', 'start', 'changed', 'would-change', 'unknown', 'failed'])
      .describe('start: a change begins; unknown: cannot be told before an earlier change has been made'),
    stage: stage.optional(),
    code: z.int().optional(),
    log: z.string().optional(),
    diff: z.string().optional().describe('Unified diff, bounded; never of a secret'),
    hint: z.string().optional(),
    seconds: seconds.optional(),
  }),
  z.object({
    kind: z.literal('progress'),
    host,
    task,
    seconds: seconds.describe('Since the task began'),
    line: z.string().describe('The last line it printed'),
  }),
  z.object({
    kind: z.literal('notice'),
    host: host.optional(),
    level: z.enum(['info', 'warning']),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('host-finished'),
    host,
    outcome: hostOutcome,
    error: z.string().optional(),
    hint: z.string().optional(),
    seconds: seconds.optional(),
    traffic: traffic.optional(),
  }),
  z.object({ kind: z.literal('summary'), ...runSummary.shape }),
  z.object({
    kind: z
      .literal('refused')
      .describe('The last line instead of a summary: wrong input, or another run holds the lock'),
    exitCode: z.int().describe('2 wrong input, 4 locked, 1 a fault of this program'),
    problems: z
      .array(z.object({ message: z.string(), source: source.optional(), hint: z.string().optional() }))
      .readonly(),
  }),
  z.object({
    kind: z.literal('transfer').describe('How far a file is on its way'),
    host,
    direction: z.enum(['from', 'to']).describe('from: the host gives it; to: the host gets it'),
    file: z.string().describe('Its path on the host'),
    bytes: z.int().nonnegative(),
    size: z.int().nonnegative().describe('Bytes of the whole file'),
  }),
] as const

const at = z.int().describe('Milliseconds since 1970-01-01 UTC')
const stamped = <Shape extends z.ZodRawShape>(body: z.ZodObject<Shape>) => body.extend({ at })

/** The schema of one line of `--output json` and of a run record; docs/schema/events.json is generated from it. */
export const runEventSchema = z.discriminatedUnion('kind', [
  stamped(bodies[0]),
  stamped(bodies[1]),
  stamped(bodies[2]),
  stamped(bodies[3]),
  stamped(bodies[4]),
  stamped(bodies[5]),
  stamped(bodies[6]),
  stamped(bodies[7]),
  stamped(bodies[8]),
  stamped(bodies[9]),
])

/** An event as it happens, not yet stamped with its time. */
export type RunEventBody = z.infer<(typeof bodies)[number]>

/** What a run tells whoever watches it: redacted, and complete enough to make every view and the summary of. */
export type RunEvent = RunEventBody & { readonly at: number }

export type HostOutcome = z.infer<typeof hostOutcome>
export type RunSummary = z.infer<typeof runSummary>
export type TaskFailure = z.infer<typeof failure>
export type HostTraffic = z.infer<typeof traffic>
export type HostState = Extract<RunEventBody, { kind: 'host-state' }>['state']
