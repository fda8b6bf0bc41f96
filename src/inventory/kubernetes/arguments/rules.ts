import { entryOf } from '../../../entry-of.ts'
import { nearest } from '../../../yaml/suggest.ts'
import type { Mistake } from '../../hosts/explain-address.ts'
import type { Inventory } from '../../inventory.ts'
import { takenPorts } from '../networks/node-ports.ts'
import { admissionPlugins, type componentFlags } from './component-flags.ts'

export type ComponentName = keyof typeof componentFlags

/** Flags that many still write, and what has become of them. Source: release notes of Kubernetes 1.20 to 1.36. */
export const retiredFlags: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'pod-eviction-timeout': 'write default-unreachable-toleration-seconds under apiServer.extraArgs',
    'enable-taint-manager': 'remove it: it is always on',
    'insecure-port': 'remove it: the insecure port no longer exists',
    'insecure-bind-address': 'remove it: the insecure port no longer exists',
    port: 'remove it: the insecure port no longer exists',
    address: 'write bind-address',
    'experimental-cluster-signing-duration': 'write cluster-signing-duration',
    'basic-auth-file': 'write authentication-config, or use client certificates',
    logtostderr: 'remove it: logs always go there',
    alsologtostderr: 'remove it: logs go to standard error',
    'log-dir': 'remove it: logs go to standard error',
    'kubelet-https': 'remove it: it is always on',
    'service-account-api-audiences': 'write api-audiences',
    'horizontal-pod-autoscaler-use-rest-clients': 'remove it: it is always on',
    'feature-gate': 'write feature-gates',
    'cloud-config': 'remove it: clouds use external controllers',
  }),
)

const ofKubeadm = 'remove it: kubeadm creates that file and sets the flag'
const bySetting = (setting: string) => `is set by ${setting}`

/** Flags that are not in the oldest minor that is installed, and the minor that brought them. */
export const newFlags: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'concurrent-disruption-syncs': '1.37',
    'concurrent-node-lifecycle-syncs': '1.37',
    'concurrent-resourceclaim-syncs': '1.36',
    'tls-curve-preferences': '1.36',
  }),
)

/** Flags that provision or kubeadm set; another value would contradict the rest of the cluster. */
const set: Readonly<Record<ComponentName, Readonly<Record<string, Mistake>>>> = {
  apiServer: {
    'advertise-address': [bySetting('hosts, per control plane'), 'remove it; write node: { address } of a host'],
    'service-cluster-ip-range': [bySetting('kubernetes.serviceSubnet'), 'write it there'],
    'etcd-servers': ['is set by kubeadm: etcd runs on the control planes', 'remove it'],
    ...kubeadms(
      'client-ca-file etcd-cafile etcd-certfile etcd-keyfile kubelet-client-certificate kubelet-client-key',
      'proxy-client-cert-file proxy-client-key-file requestheader-client-ca-file service-account-signing-key-file',
      'tls-cert-file tls-private-key-file',
    ),
  },
  controllerManager: {
    'cluster-cidr': [bySetting('kubernetes.podSubnet'), 'write it there'],
    'cluster-name': [bySetting('cluster'), 'remove it'],
    'service-cluster-ip-range': [bySetting('kubernetes.serviceSubnet'), 'write it there'],
    ...kubeadms(
      'authentication-kubeconfig authorization-kubeconfig client-ca-file cluster-signing-cert-file',
      'cluster-signing-key-file kubeconfig requestheader-client-ca-file root-ca-file service-account-private-key-file',
    ),
  },
  scheduler: kubeadms('authentication-kubeconfig authorization-kubeconfig kubeconfig'),
}

function kubeadms(...names: readonly string[]): Readonly<Record<string, Mistake>> {
  const message = 'is set by kubeadm, which creates the certificates of all components'
  return Object.fromEntries(
    names.flatMap((some) => some.split(' ')).map((name): [string, Mistake] => [name, [message, ofKubeadm]]),
  )
}

type Rule = (value: string, inventory: Inventory) => Mistake | undefined

function only(allowed: string, message: string, hint = 'remove it'): Rule {
  return (value) => (value === allowed ? undefined : [message, hint])
}

const tlsVersion: Rule = (value) =>
  /^VersionTLS1[0-3]$/.test(value) ? undefined : ['is not a TLS version', 'write VersionTLS12 or VersionTLS13']

const absolute: Rule = (value) =>
  value.startsWith('/') || value === '-' ? undefined : ['must be an absolute path on the hosts', 'begin it with /']

const leader: Rule = (value, { hosts }) =>
  value === 'true' || hosts.filter((host) => host.role === 'control-plane').length < 2
    ? undefined
    : ['makes all control planes act at the same time', 'remove it: only one of several control planes may lead']

const plugins: Rule = (value) => {
  const unknown = value.split(',').find((name) => !admissionPlugins.includes(name.trim()))
  if (unknown === undefined) return undefined
  const match = nearest(unknown, admissionPlugins)
  const gone = unknown.trim() === 'PodSecurityPolicy' ? 'label namespaces for PodSecurity: 1.25 removed it' : undefined
  const hint = gone ?? (match === undefined ? 'remove it' : `did you mean ${match}?`)
  return [`contains ${unknown.trim()}, which is not an admission plugin`, hint]
}

const authorizers = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']

const authorization: Rule = (value) => {
  const given = value.split(',')
  const unknown = given.find((one) => !authorizers.includes(one))
  if (unknown !== undefined)
    return [`contains ${unknown}, which is not an authorizer`, `write some of ${authorizers.join(', ')}`]
  const missing = ['Node', 'RBAC'].find((one) => !given.includes(one))
  return missing === undefined
    ? undefined
    : [`lacks ${missing}, which nodes require`, 'write Node,RBAC and your further authorizers']
}

const controllers: Rule = (value) => {
  const given = value.split(',')
  const missing = ['*', 'bootstrapsigner', 'tokencleaner'].find((one) => !given.includes(one))
  return missing === undefined
    ? undefined
    : [
        `lacks ${missing}, which joining nodes require`,
        'write "*,bootstrapsigner,tokencleaner" and the controllers to disable, such as -ttl',
      ]
}

const nodePortRange: Rule = (value, inventory) => {
  const [from = 0, to = 0] = value.split('-').map(Number)
  const found = takenPorts(inventory).find(({ port }) => from <= port && port <= to)
  return found === undefined
    ? undefined
    : [`contains ${found.port}, the port of ${found.owner}`, 'write a higher range, such as 30000-32767']
}

const runtimeConfig: Rule = (value) =>
  value.split(',').every((part) => /^[a-z0-9./]+(=(true|false))?$/.test(part))
    ? undefined
    : ['must be versions of APIs', 'write for example batch/v2alpha1=true']

const rules: Readonly<Record<ComponentName, Readonly<Record<string, Rule>>>> = {
  apiServer: {
    'allow-privileged': only('true', 'forbids privileged pods, which the pod network requires'),
    'anonymous-auth': only(
      'true',
      'disables anonymous requests, which joining hosts and health probes require',
      'write authentication-config, with anonymous requests only for /livez, /readyz, /healthz and cluster-info',
    ),
    'audit-log-path': absolute,
    'audit-policy-file': absolute,
    'authorization-mode': authorization,
    'disable-admission-plugins': plugins,
    'enable-admission-plugins': plugins,
    'enable-bootstrap-token-auth': only('true', 'disables the tokens that hosts use to join'),
    'encryption-provider-config': absolute,
    'runtime-config': runtimeConfig,
    'secure-port': only(
      '6443',
      'differs from 6443, the port of control planes',
      'remove it; set another port of a load balancer in kubernetes.endpoint',
    ),
    'service-node-port-range': nodePortRange,
    'tls-min-version': tlsVersion,
  },
  controllerManager: {
    'allocate-node-cidrs': only('true', 'disables the pod subnets of nodes'),
    controllers,
    'leader-elect': leader,
    'tls-min-version': tlsVersion,
  },
  scheduler: { config: absolute, 'leader-elect': leader, 'tls-min-version': tlsVersion },
}

/** What is wrong with a flag whose value is of the right kind: it contradicts what is set elsewhere, or does not work. */
export function argumentMistake(
  inventory: Inventory,
  component: ComponentName,
  flag: string,
  value: string,
): Mistake | undefined {
  return entryOf(set[component], flag) ?? entryOf(rules[component], flag)?.(value, inventory)
}
