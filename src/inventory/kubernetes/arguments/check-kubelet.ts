import type { Problem } from '../../../errors.ts'
import { type CheckContext, problemAt } from '../../kubeconfig/check.ts'
import { milliseconds } from './go-duration.ts'

const ownSettings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    systemReserved: 'kubernetes.reserved.system',
    kubeReserved: 'kubernetes.reserved.kube',
    evictionHard: 'kubernetes.evictionHard',
    clusterDomain: 'kubernetes.dnsDomain',
    failSwapOn: 'swap',
  }),
)

type Fields = Readonly<Record<string, unknown>>

/** Of fields that must fit together: which of them, what is wrong, and what to do. */
type Rule = (
  fields: Fields,
  context: CheckContext,
) => readonly [field: string, message: string, hint: string] | undefined

/** Fields of the kubelet that are set elsewhere, or that it refuses together. */
export function checkKubelet(context: CheckContext): Problem[] {
  const fields = context.inventory.kubernetes.kubelet
  const elsewhere = Object.keys(fields).flatMap((key) => {
    const own = ownSettings.get(key)
    if (own === undefined) return []
    const message = `kubernetes.kubelet.${key} is set by ${own}`
    return [
      problemAt(
        context,
        ['kubernetes', 'kubelet', key],
        message,
        own === 'swap' ? 'write swap: on' : `write it under ${own}`,
        'key',
      ),
    ]
  })
  const together = rules.flatMap((rule) => {
    const found = rule(fields, context)
    if (found === undefined) return []
    const [field, message, hint] = found
    return [problemAt(context, ['kubernetes', 'kubelet', field], `kubernetes.kubelet.${field} ${message}`, hint)]
  })
  return [...elsewhere, ...together]
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}

/** A duration; none stands for the default. */
function time(value: unknown, fallback: string): number {
  return milliseconds(typeof value === 'string' ? value : fallback) || milliseconds(fallback)
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

// Source: k8s.io/kubernetes v1.36.3, pkg/kubelet/apis/config/validation and v1beta1/defaults.go; pkg/kubelet/eviction/helpers.go.
const rules: readonly Rule[] = [
  ({ imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low }) => {
    const [upper, lower] = [numberOf(high, 85), numberOf(low, 80)]
    if (lower < upper) return undefined
    if (low === undefined)
      return [
        'imageGCHighThresholdPercent',
        `${upper} is not above imageGCLowThresholdPercent, whose default is 80`,
        `add imageGCLowThresholdPercent: ${Math.max(0, upper - 5)}`,
      ]
    return [
      'imageGCLowThresholdPercent',
      `${lower} is not below imageGCHighThresholdPercent, which is ${upper}`,
      `write a number below ${upper}`,
    ]
  },
  ({ imageMaximumGCAge: most, imageMinimumGCAge: least }) =>
    most === undefined || time(most, '0s') === 0 || time(most, '0s') > time(least, '2m')
      ? undefined
      : [
          'imageMaximumGCAge',
          `${most} is not above imageMinimumGCAge, which is ${least ?? '2m'}`,
          'write a longer time',
        ],
  ({ shutdownGracePeriod: all, shutdownGracePeriodCriticalPods: critical }) =>
    time(critical, '0s') <= time(all, '0s')
      ? undefined
      : [
          'shutdownGracePeriodCriticalPods',
          `${critical} is longer than shutdownGracePeriod, which is ${all ?? '0s'} and includes it`,
          'write a longer shutdownGracePeriod',
        ],
  ({ maxParallelImagePulls: pulls, serializeImagePulls: serial }) =>
    serial === true && numberOf(pulls, 1) > 1
      ? ['maxParallelImagePulls', `${pulls} requires serializeImagePulls: false`, 'remove serializeImagePulls']
      : undefined,
  ({ evictionSoft: soft, evictionSoftGracePeriod: grace }) => {
    const missing = keysOf(soft).find((signal) => !keysOf(grace).includes(signal))
    return missing === undefined
      ? undefined
      : ['evictionSoft', `has ${missing} without a grace period`, `add evictionSoftGracePeriod: { ${missing}: 1m30s }`]
  },
  ({ evictionSoft: soft, evictionSoftGracePeriod: grace }) => {
    const alone = keysOf(grace).find((signal) => !keysOf(soft).includes(signal))
    return alone === undefined
      ? undefined
      : ['evictionSoftGracePeriod', `has ${alone}, which is missing in evictionSoft`, `add it to evictionSoft`]
  },
  ({ enforceNodeAllocatable: enforced, systemReservedCgroup: system, kubeReservedCgroup: kube }) => {
    const all = list(enforced).map(String)
    if (all.includes('none') && all.length > 1)
      return ['enforceNodeAllocatable', 'combines none with other values', 'write none alone, or the others']
    const group = all.find((one) => (one.startsWith('system-') && !system) || (one.startsWith('kube-') && !kube))
    if (group === undefined) return undefined
    const name = group.startsWith('system-') ? 'systemReservedCgroup' : 'kubeReservedCgroup'
    return [
      'enforceNodeAllocatable',
      `has ${group}, which requires ${name}`,
      `add ${name}, a control group that exists on every node`,
    ]
  },
  ({ reservedSystemCPUs: processors, systemReservedCgroup: system, kubeReservedCgroup: kube }) =>
    processors !== undefined && (system !== undefined || kube !== undefined)
      ? [
          'reservedSystemCPUs',
          'cannot be combined with systemReservedCgroup and kubeReservedCgroup',
          'remove one of them',
        ]
      : undefined,
  ({ systemCgroups, cgroupRoot }) =>
    systemCgroups !== undefined && cgroupRoot === undefined
      ? ['systemCgroups', 'requires cgroupRoot', 'add cgroupRoot: /']
      : undefined,
  ({ tlsCertFile: certificate, tlsPrivateKeyFile: key }) =>
    (certificate === undefined) === (key === undefined)
      ? undefined
      : [
          certificate === undefined ? 'tlsPrivateKeyFile' : 'tlsCertFile',
          'requires the other one of tlsCertFile and tlsPrivateKeyFile',
          'add it',
        ],
  ({ enableSystemLogQuery: query, enableSystemLogHandler: handler, featureGates }) => {
    if (query !== true) return undefined
    const gate = (featureGates as Record<string, boolean> | undefined)?.NodeLogQuery === true
    if (handler === false)
      return ['enableSystemLogQuery', 'requires enableSystemLogHandler', 'remove enableSystemLogHandler: false']
    return gate
      ? undefined
      : ['enableSystemLogQuery', 'requires a feature gate', 'add featureGates: { NodeLogQuery: true }']
  },
  ({ memoryManagerPolicy, reservedMemory }) =>
    memoryManagerPolicy === 'Static' && list(reservedMemory).length === 0
      ? [
          'memoryManagerPolicy',
          'Static requires reservedMemory',
          'add reservedMemory: [{ numaNode: 0, limits: { memory: 1200Mi } }], the sum of reserved memory and eviction threshold',
        ]
      : undefined,
  ({ cpuManagerPolicy, reservedSystemCPUs }, { inventory }) => {
    const { system, kube } = inventory.kubernetes.reserved
    const kept = [system.cpu, kube.cpu].some((cpu) => cpu === undefined || Number.parseFloat(cpu) > 0)
    return cpuManagerPolicy === 'static' && !kept && reservedSystemCPUs === undefined
      ? [
          'cpuManagerPolicy',
          'static requires a CPU that is reserved for the system',
          'write kubernetes.reserved: { system: { cpu: 500m } }',
        ]
      : undefined
  },
]
