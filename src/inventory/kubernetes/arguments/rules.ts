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
    'insecure-port': 'remove it: there is no insecure port any more',
    'insecure-bind-address': 'remove it: there is no insecure port any more',
    port: 'remove it: there is no insecure port any more',
    address: 'write bind-address',
    'experimental-cluster-signing-duration': 'write cluster-signing-duration',
    'basic-auth-file': 'write authentication-config, or give people certificates',
    logtostderr: 'remove it: logs go there',
    alsologtostderr: 'remove it: logs go to standard error',
    'log-dir': 'remove it: logs go to standard error',
    'kubelet-https': 'remove it: it is always on',
    'service-account-api-audiences': 'write api-audiences',
    'horizontal-pod-autoscaler-use-rest-clients': 'remove it: it is always on',
    'feature-gate': 'write feature-gates',
    'cloud-config': 'remove it: clouds have controllers of their own',
  }),
)

const ofKubeadm = 'remove it: kubeadm makes that file and sets it'
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
    'advertise-address': [
      bySetting('hosts, for each control plane its own'),
      'remove it; write node: { address } of a host',
    ],
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
  const message = 'is set by kubeadm, whose certificates all components are made for'
  return Object.fromEntries(
    names.flatMap((some) => some.split(' ')).map((name): [string, Mistake] => [name, [message, ofKubeadm]]),
  )
}

type Rule = (value: string, inventory: Inventory) => Mistake | undefined

function only(allowed: string, message: string, hint = 'remove it'): Rule {
  return (value) => (value === allowed ? undefined : [message, hint])
}

const tlsVersion: Rule = (value) =>
  /^VersionTLS1[0-3]$/.test(value) ? undefined : ['is no TLS version', 'write VersionTLS12 or VersionTLS13']

const absolute: Rule = (value) =>
  value.startsWith('/') || value === '-' ? undefined : ['must be an absolute path on the hosts', 'begin it with /']

const leader: Rule = (value, { hosts }) =>
  value === 'true' || hosts.filter((host) => host.role === 'control-plane').length < 2
    ? undefined
    : ['has all control planes work at once', 'remove it: of several control planes one leads']

const plugins: Rule = (value) => {
  const unknown = value.split(',').find((name) => !admissionPlugins.includes(name.trim()))
  if (unknown === undefined) return undefined
  const match = nearest(unknown, admissionPlugins)
  const gone =
    unknown.trim() === 'PodSecurityPolicy' ? 'it went with 1.25: label namespaces for PodSecurity' : undefined
  const hint = gone ?? (match === undefined ? 'remove it' : `did you mean ${match}?`)
  return [`names ${unknown.trim()}, which is no admission plugin`, hint]
}

const authorizers = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']

const authorization: Rule = (value) => {
  const given = value.split(',')
  const unknown = given.find((one) => !authorizers.includes(one))
  if (unknown !== undefined)
    return [`names ${unknown}, which is no authorizer`, `write some of ${authorizers.join(', ')}`]
  const missing = ['Node', 'RBAC'].find((one) => !given.includes(one))
  return missing === undefined
    ? undefined
    : [`lacks ${missing}, without which nodes may do nothing`, 'write Node,RBAC and what you need beside']
}

const controllers: Rule = (value) => {
  const given = value.split(',')
  const missing = ['*', 'bootstrapsigner', 'tokencleaner'].find((one) => !given.includes(one))
  return missing === undefined
    ? undefined
    : [
        `lacks ${missing}, without which no node joins`,
        'write "*,bootstrapsigner,tokencleaner" and what you turn off, such as -ttl',
      ]
}

const nodePortRange: Rule = (value, inventory) => {
  const [from = 0, to = 0] = value.split('-').map(Number)
  const found = takenPorts(inventory).find(({ port }) => from <= port && port <= to)
  return found === undefined
    ? undefined
    : [`has ${found.port} in it, which ${found.owner} has`, 'write a range above, such as 30000-32767']
}

const runtimeConfig: Rule = (value) =>
  value.split(',').every((part) => /^[a-z0-9./]+(=(true|false))?$/.test(part))
    ? undefined
    : ['must be versions of APIs', 'write for example batch/v2alpha1=true']

const rules: Readonly<Record<ComponentName, Readonly<Record<string, Rule>>>> = {
  apiServer: {
    'allow-privileged': only('true', 'forbids privileged pods, which the pod network consists of'),
    'anonymous-auth': only(
      'true',
      'turns off the requests by which hosts join and the API server is probed',
      'write authentication-config, with anonymous requests for /livez, /readyz, /healthz and cluster-info alone',
    ),
    'audit-log-path': absolute,
    'audit-policy-file': absolute,
    'authorization-mode': authorization,
    'disable-admission-plugins': plugins,
    'enable-admission-plugins': plugins,
    'enable-bootstrap-token-auth': only('true', 'turns off the tokens by which hosts join'),
    'encryption-provider-config': absolute,
    'runtime-config': runtimeConfig,
    'secure-port': only(
      '6443',
      'is another port than the 6443 that control planes are reached at',
      'remove it; a load balancer may have another: kubernetes.endpoint',
    ),
    'service-node-port-range': nodePortRange,
    'tls-min-version': tlsVersion,
  },
  controllerManager: {
    'allocate-node-cidrs': only('true', 'gives nodes no subnets for their pods'),
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
