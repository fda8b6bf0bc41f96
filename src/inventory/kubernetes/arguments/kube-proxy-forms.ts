import ipaddr from 'ipaddr.js'
import { withHint } from '../../../yaml/explain.ts'
import { z } from '../../../zod.ts'
import { isIP } from '../../addresses.ts'
import * as field from '../../fields.ts'
import { between, gates, lasting, logging, setElsewhere } from './kubelet-forms.ts'

const switchField = z.boolean().optional()
const time = field.duration.optional()

const listening = field.without((text) => {
  if (text === '') return undefined
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^[\]:]*)):(\d+)$/.exec(text) ?? []
  if (port === undefined || !isIP(bracketed ?? plain ?? ''))
    return ['must be IP:PORT', 'write for example 0.0.0.0:10249']
  return Number(port) >= 1 && Number(port) <= 65535 ? undefined : ['has an invalid port', 'write a port up to 65535']
})

const network = field.without((text) =>
  ipaddr.isValidCIDR(text) ? undefined : ['must be a network in CIDR form', 'write for example 10.0.0.0/8'],
)

const interval = z.strictObject({ syncPeriod: lasting('1ms').optional(), minSyncPeriod: time })

const schedulers = ['', 'rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'dh', 'sed', 'nq', 'mh', 'fo', 'ovf'] as const

/**
 * Forms of kube-proxy's fields, and values that are set elsewhere.
 * Source: k8s.io/kubernetes v1.36.3, pkg/proxy/apis/config/validation; schedulers: ipvsadm(8).
 */
export const kubeProxyForms: Readonly<Record<string, z.ZodType>> = {
  bindAddress: z.string().refine(isIP, withHint('must be an IP address', 'write for example 0.0.0.0')),
  clientConnection: z.strictObject({
    acceptContentTypes: field.line.optional(),
    burst: between(0).optional(),
    contentType: field.line.optional(),
    kubeconfig: setElsewhere('is set by kubeadm', 'remove it', '/var/lib/kube-proxy/kubeconfig.conf').optional(),
    qps: z.number().optional(),
  }),
  clusterCIDR: setElsewhere('is set by kubernetes.podSubnet', 'write it there'),
  configSyncPeriod: lasting('1ms'),
  conntrack: z.strictObject({
    maxPerCore: between(0).optional(),
    min: between(0).optional(),
    tcpBeLiberal: switchField,
    tcpCloseWaitTimeout: time,
    tcpEstablishedTimeout: time,
    udpStreamTimeout: time,
    udpTimeout: time,
  }),
  detectLocal: z.strictObject({ bridgeInterface: field.line.optional(), interfaceNamePrefix: field.line.optional() }),
  detectLocalMode: z.enum(['', 'ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix']),
  featureGates: gates,
  healthzBindAddress: listening,
  hostnameOverride: setElsewhere('is set for each node by kubeadm', 'remove it'),
  iptables: interval.extend({
    localhostNodePorts: switchField,
    masqueradeAll: switchField,
    masqueradeBit: between(0, 31).optional(),
  }),
  ipvs: interval.extend({
    excludeCIDRs: z.array(network).optional(),
    scheduler: z.enum(schedulers).optional(),
    strictARP: switchField,
    tcpFinTimeout: time,
    tcpTimeout: time,
    udpTimeout: time,
  }),
  logging,
  metricsBindAddress: listening,
  mode: z.enum(['', 'iptables', 'ipvs', 'nftables']),
  nftables: interval.extend({ masqueradeAll: switchField, masqueradeBit: between(0, 31).optional() }),
  nodePortAddresses: z
    .array(
      field.without((text) =>
        text === 'primary' || ipaddr.isValidCIDR(text)
          ? undefined
          : ['must be a network in CIDR form, or primary', 'write for example 10.0.0.0/8'],
      ),
    )
    .refine(
      (all) => all.length === 1 || !all.includes('primary'),
      withHint('combines primary with networks', 'write primary alone, or networks alone'),
    ),
  oomScoreAdj: between(-1000, 1000),
  portRange: z
    .string()
    .regex(/^(\d+-\d+|\d+\+\d+|\d+)?$/, withHint('is not a range of ports', 'write for example 1000-2000')),
}
