import { z } from '../zod.ts'

const host = z.string().describe('Name of a host in the inventory')
const time = z.string().describe('ISO 8601, UTC')

export const certificateSchema = z.object({
  name: z
    .string()
    .describe('As kubeadm names it: apiserver, etcd-peer, admin.conf; of a kubelet: kubelet-client, kubelet-serving'),
  path: z.string().describe('Where it is on the host'),
  authority: z.boolean().describe('A CA: renewing leaves it alone'),
  subject: z.string(),
  expires: time,
  daysLeft: z.int().describe('Whole days; negative when it has expired'),
  inUse: z
    .boolean()
    .optional()
    .describe(
      'Whether its process has taken it: what the port presents, or else since when it runs. Absent where that cannot be told',
    ),
})

const hostSchema = z.object({
  name: host,
  role: z.enum(['control-plane', 'worker']),
  state: z
    .enum(['answered', 'unreachable', 'failed', 'down', 'not-asked'])
    .describe(
      'failed: reached, but the questions were not answered; down: the inventory says so; not-asked: outside --limit',
    ),
  error: z.string().optional(),
  hint: z.string().optional(),
  clockOffset: z.number().optional().describe('Its clock minus that of the machine that asks, in seconds'),
  uptimeSeconds: z.number().optional(),
  load: z.number().optional().describe('Over the last minute'),
  processors: z.number().optional(),
  memoryBytes: z.number().optional(),
  memoryAvailableBytes: z.number().optional(),
  disks: z
    .array(
      z.object({
        mount: z.string(),
        sizeBytes: z.number(),
        freeBytes: z.number(),
        usedPercent: z.number(),
        inodesUsedPercent: z.number().optional(),
      }),
    )
    .readonly(),
  units: z
    .array(
      z.object({
        name: z.string(),
        active: z.string(),
        sub: z.string(),
        enabled: z.string(),
        log: z.array(z.string()).readonly().describe('Its last lines, where it is not active'),
      }),
    )
    .readonly(),
  owedRestarts: z.array(z.string()).readonly().describe('Changes after which a service has not been restarted yet'),
  interrupted: z.array(z.string()).readonly().describe('init, join: kubeadm has begun it and not ended'),
  rebootRequired: z.boolean().describe('Its package manager wants a reboot'),
  heldBy: z
    .object({ who: z.string(), run: z.string(), since: z.string() })
    .optional()
    .describe('Who is provisioning it at this moment'),
  certificates: z.array(certificateSchema).readonly(),
  signingKeys: z
    .array(z.object({ repository: z.string(), expires: time, daysLeft: z.number() }))
    .readonly()
    .describe('Keys of package repositories that end at some time; whole days, below 0 once it has ended'),
  backups: z
    .array(z.object({ file: z.string(), at: time, sizeBytes: z.number() }))
    .readonly()
    .describe('Archives that its timer made'),
  backupTimer: z.string().optional().describe('How the timer of backups ended last: ok or failed, and when'),
})

const apiSchema = z.object({
  host,
  state: z
    .enum(['ready', 'failing', 'down', 'refused', 'unknown'])
    .describe(
      'failing: answers, and says that it is not ready; refused: does not accept admin.conf, as after its expiry',
    ),
  version: z.string().optional(),
  message: z.string().optional(),
})

const etcdSchema = z.object({
  members: z
    .array(
      z.object({
        name: z.string(),
        state: z
          .enum(['healthy', 'no-leader', 'down', 'unknown'])
          .describe('unknown: no control plane could be asked about it'),
        leader: z.boolean(),
        learner: z.boolean(),
        version: z.string().optional(),
        sizeBytes: z.number().optional(),
        sizeInUseBytes: z.number().optional(),
        quotaBytes: z.number().optional(),
        message: z.string().optional(),
      }),
    )
    .readonly(),
  healthy: z.int(),
  quorum: z.int().describe('How many must be healthy'),
  mayFail: z.int().describe('How many more may fail before writes end; below 0: there is no quorum'),
  alarms: z.array(z.string()).readonly().describe('NOSPACE: no writes are taken; CORRUPT: members differ'),
  membersAsked: z.boolean().describe('false: no member could be asked for the list; these are those of the manifests'),
})

const nodeSchema = z.object({
  name: z.string(),
  ready: z.boolean(),
  conditions: z
    .array(
      z.object({ type: z.string(), status: z.string(), since: z.string(), reason: z.string(), message: z.string() }),
    )
    .readonly()
    .describe('Those that are not as they should be'),
  version: z.string(),
  runtime: z.string(),
  system: z.string(),
  cordoned: z.boolean(),
  leaving: z.boolean(),
})

const podSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  ready: z.string().describe('Containers that are ready, of all: 0/1'),
  state: z.string().describe('As kubectl get pods says: CrashLoopBackOff, Pending, …'),
  restarts: z.number(),
  age: z.string(),
  node: z.string(),
  message: z.string().optional().describe('Why it is pending'),
})

export const findingSchema = z.object({
  level: z
    .enum(['broken', 'warning', 'note'])
    .describe(
      'broken: something does not work now; warning: it will not for long, or is not as it should be; note: worth knowing',
    ),
  hosts: z.array(z.string()).readonly().describe('Those that it is about; none where it is about the cluster'),
  what: z.string(),
  next: z.string().optional().describe('What to do, and the command to type where there is one'),
})

/** What `provision status --output json` prints; docs/schema/status.json is generated from it. */
export const statusSchema = z.object({
  cluster: z.string(),
  at: time,
  healthy: z.boolean().describe('No finding is more than a note; the exit code is 0 then, otherwise 1'),
  findings: z.array(findingSchema).readonly().describe('What wants a look, the worst first'),
  api: z.array(apiSchema).readonly().describe('The API server of each control plane that was asked'),
  etcd: etcdSchema.optional().describe('Absent where no control plane could be asked, or etcd does not run on them'),
  hosts: z.array(hostSchema).readonly(),
  nodes: z.array(nodeSchema).readonly().optional().describe('Absent where no API server answered'),
  pods: z
    .object({ count: z.number(), notReady: z.array(podSchema).readonly().describe('At most 200') })
    .optional()
    .describe('Absent where no API server answered'),
  removed: z
    .array(z.object({ name: z.string(), when: z.string() }))
    .readonly()
    .optional()
    .describe('Nodes that were removed, which the cluster refuses until their hosts have been reset'),
  certificateRequests: z
    .array(z.object({ name: z.string(), signer: z.string(), user: z.string(), created: z.string() }))
    .readonly()
    .describe('Those that are not approved or denied'),
  lastRun: z
    .object({
      run: z.string(),
      command: z.string(),
      at: time,
      by: z.string(),
      exitCode: z.int().optional().describe('Absent: it was cut off, or is still under way'),
      running: z.boolean(),
    })
    .optional()
    .describe('The last run from this machine that was to change something'),
  lastBackup: z
    .object({
      host: host.optional().describe('Where its timer made it; absent: it is on this machine'),
      file: z.string(),
      at: time,
      sizeBytes: z.number(),
    })
    .optional(),
})

export type ClusterStatus = z.infer<typeof statusSchema>
export type HostStatus = ClusterStatus['hosts'][number]
export type CertificateStatus = z.infer<typeof certificateSchema>
export type EtcdStatus = z.infer<typeof etcdSchema>
export type ApiStatus = z.infer<typeof apiSchema>
export type NodeStatus = z.infer<typeof nodeSchema>
export type PodStatus = z.infer<typeof podSchema>
export type Finding = z.infer<typeof findingSchema>
