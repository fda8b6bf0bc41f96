import { withHint } from '../../../yaml/explain.ts'
import { z } from '../../../zod.ts'
import { isIP } from '../../addresses.ts'
import * as field from '../../fields.ts'
import * as kubernetesField from '../fields.ts'
import { evictionSignal } from './eviction.ts'
import { gateMistake } from './flag-value.ts'
import { milliseconds } from './go-duration.ts'

/** A whole number with bounds; without the second one unbounded. */
export function between(least: number, most?: number) {
  const hint = most === undefined ? `write ${least} or more` : `write a number from ${least} to ${most}`
  const number = z.int().min(least, withHint(`is below ${least}`, hint))
  return most === undefined ? number : number.max(most, withHint(`is above ${most}`, hint))
}

const path = z.string().regex(/^\//, withHint('must be an absolute path on the hosts', 'begin it with /'))

/** A value that works only as it is set. */
function always<Value extends string | number | boolean>(value: Value, why: string) {
  return z.custom<Value>((given) => given === value, withHint(why, `remove it: it is ${value}`))
}

const amount = kubernetesField.quantity

/** A duration with bounds, as texts. */
export function lasting(least: string, most?: string) {
  const hint = most === undefined ? `write ${least} or more` : `write from ${least} to ${most}`
  return field.duration.refine(
    (text) =>
      // None stands for the default.
      milliseconds(text) === 0 ||
      (milliseconds(text) >= milliseconds(least) && (most === undefined || milliseconds(text) <= milliseconds(most))),
    withHint(most === undefined ? `is shorter than ${least}` : `is not from ${least} to ${most}`, hint),
  )
}

const noneOrSecond = field.duration.refine(
  (text) => milliseconds(text) === 0 || milliseconds(text) >= 1000,
  withHint('is shorter than a second', 'write 0s or at least 1s'),
)

/** `1-3,5`: numbers of processors. */
const processors = field.without((text) => {
  const wrong = text.split(',').some((part) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    return from === undefined || Number(from) > Number(to)
  })
  return wrong ? ['must be numbers of processors', 'write for example 0-1,4'] : undefined
})

/** Feature gates by name. */
export const gates = z.record(field.without(gateMistake), z.boolean()).describe('{ NAME: true }')

export const logging = z.strictObject({
  format: z.enum(['text', 'json']).optional(),
  flushFrequency: z.union([z.int(), field.duration]).optional(),
  verbosity: z.int().min(0).optional(),
  vmodule: z.array(z.unknown()).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
})

/** What is set elsewhere: empty, as `kubeadm config print` writes it. */
export function setElsewhere(message: string, hint: string, own = '') {
  return z.custom<string>((value) => value === '' || value === own, withHint(message, hint))
}

const runtime = setElsewhere('is set by runtime', 'choose the runtime under runtime: { engine, cri }')

/**
 * Forms of the kubelet's fields, and values that are set elsewhere.
 * Source: k8s.io/kubernetes v1.36.3, pkg/kubelet/apis/config/validation; kubeadm's own settings, componentconfigs/kubelet.go.
 */
export const kubeletForms: Readonly<Record<string, z.ZodType>> = {
  authentication: z.strictObject({
    anonymous: z.strictObject({ enabled: z.boolean() }).optional().describe('{ enabled: false }'),
    webhook: z.strictObject({ enabled: z.boolean().optional(), cacheTTL: field.duration.optional() }).optional(),
    x509: z.strictObject({ clientCAFile: path }).optional(),
  }),
  authorization: z.strictObject({
    mode: z.enum(['Webhook', 'AlwaysAllow']).optional(),
    webhook: z
      .strictObject({ cacheAuthorizedTTL: field.duration.optional(), cacheUnauthorizedTTL: field.duration.optional() })
      .optional(),
  }),
  cgroupDriver: always('systemd', 'is always systemd, as for containerd and Docker'),
  clusterDNS: z.array(
    z.string().refine(isIP, withHint('must be an IP address', 'write the address of the name server')),
  ),
  configMapAndSecretChangeDetectionStrategy: z.enum(['Get', 'Cache', 'Watch']),
  containerLogMaxFiles: between(2),
  containerLogMaxSize: amount,
  containerLogMaxWorkers: between(1),
  containerLogMonitorInterval: lasting('3s'),
  containerRuntimeEndpoint: runtime,
  cpuCFSQuotaPeriod: lasting('1ms', '1s'),
  cpuManagerPolicy: z.enum(['none', 'static']),
  crashLoopBackOff: z.strictObject({ maxContainerRestartPeriod: lasting('1s', '300s').optional() }),
  enforceNodeAllocatable: z.array(
    z.enum([
      'none',
      'pods',
      'system-reserved',
      'system-reserved-compressible',
      'kube-reserved',
      'kube-reserved-compressible',
    ]),
  ),
  eventBurst: between(0),
  eventRecordQPS: between(0),
  evictionMinimumReclaim: z.partialRecord(evictionSignal, kubernetesField.threshold),
  evictionSoft: z.partialRecord(evictionSignal, kubernetesField.threshold),
  evictionSoftGracePeriod: z.partialRecord(evictionSignal, field.duration),
  featureGates: gates,
  hairpinMode: z.enum(['promiscuous-bridge', 'hairpin-veth', 'none']),
  healthzPort: always(10248, 'is always 10248, the port that kubeadm checks'),
  imageGCHighThresholdPercent: between(0, 100),
  imageGCLowThresholdPercent: between(0, 100),
  imagePullCredentialsVerificationPolicy: z.enum([
    'NeverVerify',
    'NeverVerifyPreloadedImages',
    'NeverVerifyAllowlistedImages',
    'AlwaysVerify',
  ]),
  imageServiceEndpoint: runtime,
  iptablesDropBit: between(0, 31),
  iptablesMasqueradeBit: between(0, 31),
  kubeAPIBurst: between(0),
  kubeAPIQPS: between(0),
  logging,
  maxOpenFiles: between(0),
  maxParallelImagePulls: between(1),
  maxPods: between(1),
  memoryManagerPolicy: z.enum(['None', 'Static']),
  memoryReservationPolicy: z.enum(['None', 'TieredReservation']),
  memorySwap: z
    .strictObject({ swapBehavior: z.enum(['', 'NoSwap', 'LimitedSwap']).optional() })
    .describe('{ swapBehavior: LimitedSwap }'),
  memoryThrottlingFactor: z
    .number()
    .gt(0, withHint('is not above 0', 'write a number up to 1, such as 0.9'))
    .max(1, withHint('is above 1', 'write a number up to 1, such as 0.9')),
  nodeLeaseDurationSeconds: between(1),
  nodeStatusMaxImages: between(-1),
  oomScoreAdj: between(-1000, 1000),
  podLogsDir: z
    .string()
    .regex(
      /^(\/[\x21-\x2e\x30-\x7e]+)+$/,
      withHint('must be an absolute path in ASCII', 'begin it with /, and end it without'),
    ),
  podPidsLimit: between(-1),
  podsPerCore: between(0),
  port: always(10250, 'is always 10250, the port that firewalls open'),
  readOnlyPort: between(0, 65535).refine(
    (port) => ![10248, 10250].includes(port),
    withHint('is already a port of the kubelet', 'write 10255, or 0 for none'),
  ),
  registerNode: always(true, 'must be on, or the host does not become a node'),
  registerWithTaints: z
    .array(
      z.strictObject({
        key: kubernetesField.labelKey,
        value: kubernetesField.labelValue.optional(),
        effect: z
          .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
          .describe('NoSchedule, PreferNoSchedule or NoExecute'),
      }),
    )
    .describe('[{ key: KEY, value: VALUE, effect: NoSchedule }]; for one host use hosts.NAME.taints'),
  registryBurst: between(0),
  registryPullQPS: between(0),
  reservedSystemCPUs: processors,
  resolvConf: z.union([z.literal(''), path]),
  runOnce: always(false, 'is not supported for nodes'),
  shutdownGracePeriod: noneOrSecond,
  shutdownGracePeriodCriticalPods: noneOrSecond,
  staticPodPath: always('/etc/kubernetes/manifests', 'is the directory where kubeadm writes the control plane'),
  tlsCertFile: path,
  tlsMinVersion: z.enum(['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13']),
  tlsPrivateKeyFile: path,
  topologyManagerPolicy: z.enum(['none', 'best-effort', 'restricted', 'single-numa-node']),
  topologyManagerScope: z.enum(['container', 'pod']),
  volumePluginDir: path,
}
