import type { Variables } from '../../src/variables/variables.ts'
import { note } from './reference.ts'

/** What each variable holds; one without a description does not compile. */
const descriptions: Readonly<Record<keyof Variables, string>> = {
  cluster: 'The inventory, with its defaults',
  host: 'This host, as the inventory has it',
  hosts: 'All hosts of the inventory',
  facts: 'The system of this host, as it reports it',
  isIP: 'Function: whether a text is an IP address',
  system: 'How this host’s system differs from others of its family',
  machineSize: 'CPUs and memory that this host needs',
  paths: 'Where this system keeps configuration files',
  units: 'What this system calls its systemd units',
  timeZoneGiven: 'Whether the inventory sets a time zone',
  nodeAddress: 'The node’s IP address; empty where the inventory has a name',
  nodeArguments: 'Arguments of the kubelet for name and address of the node',
  hasNodeAddress: 'Whether `nodeAddress` is set',
  nodeFamily: 'IP version of the pod network: 4 or 6',
  hostNames: 'Names of all hosts',
  nodeNames: 'Names of hosts that are up',
  downNames: 'Names of hosts with `state: down`',
  severalControlPlanes: 'Whether the inventory has more than one control plane',
  otherControlPlanes: 'Names of the control planes that are up, without this host',
  taints: 'Taints of the nodes that are up',
  names: 'The DNS zone of nodes and its servers, with `names: dns`',
  nameServerPackages: 'Packages of the name server of this host',
  corefile: 'Zones and forwarders of CoreDNS',
  forwardersGiven: 'Whether the inventory sets forwarders of CoreDNS',
  network: '`kube-router`, or `another manifest`',
  networkManifest: 'Template or file of the network’s objects',
  networkIdentity: 'Text that changes when the network or its subnets change',
  serviceProxy: 'What serves Services: `kube-router` or `kube-proxy`',
  podLinks: 'Interfaces of pods and containers, by pattern',
  firewall: 'What the firewall of this host lets in',
  packages: 'Packages of this host by purpose, with versions',
  displaced: 'Packages that the chosen container runtime replaces',
  dockerChosen: 'Settings of Docker’s daemon that the inventory makes',
  dockerRepositoryNeeded: 'Whether this host takes packages from Docker’s repository',
  repositories: 'Package repositories of Docker and Kubernetes',
  osMirrorsAsked: 'Whether the inventory sets mirrors of the system’s repositories',
  osArchives: 'Repositories of the system and their mirrors',
  criDockerd: 'Version and URL of cri-dockerd',
  completedPrograms: 'Programs that get shell completion',
  registries: 'Registries: mirrors, certificates and logins',
  imageStore: 'What stores images: `containerd` or `docker`',
  images: 'Images that this node needs',
  imagesNamedIn: 'Manifests whose images this node pulls',
  etcdImage: 'Image of etcd',
  artifacts: 'Other images, by purpose',
  criSocket: 'Socket of the container runtime',
  endpoint: 'Address and port of the Kubernetes API',
  endpointHost: 'Address of the Kubernetes API without its port',
  endpointIsElsewhere: 'Whether the address of the API belongs to no host of the inventory',
  endpointAddress: 'Address of the API as a host reaches it before names of nodes are known',
  endpointPort: 'Port of the Kubernetes API',
  certificateSANs: 'Names and addresses in the API server’s certificate',
  componentArguments: 'Extra arguments of the control plane’s components',
  podResolvers: 'File with the name servers of pods; empty for kubeadm’s default',
  ignorePreflightErrors: 'Preflight checks of kubeadm to ignore, joined by commas',
  backupScheduled: 'Whether the inventory schedules backups',
  backupRecipients: 'Public keys that backups are encrypted for, one a line',
  addons: 'Add-ons of the inventory, each after those it needs',
  addonNames: 'Names of the inventory’s add-ons',
  servingCertificates: 'Whether kubelets need certificates signed by the cluster',
  htpasswd: 'Function: a password’s line in an htpasswd file',
  helm: 'Whether the inventory needs Helm, and where it comes from',
  releases: 'Releases of Helm in the inventory',
  releaseNames: 'Releases of Helm as `NAMESPACE/NAME`',
  proxied: 'Whether hosts use a proxy',
  proxy: 'Proxy settings, as files of this host have them',
}

/** Of these the inventory's and the host's own pages list what is inside. */
const described = ['cluster', 'host', 'hosts']

/** docs/reference/variables.md. `example`: the variables of one host, for what is inside each. */
export function variablesReference(example: Variables): string {
  const rows = Object.entries(descriptions)
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([name, text]) => `| \`${name}\` | ${shapeOf(name, example[name as keyof Variables])} | ${text} |`)
  return `${note}

# Variables

Playbooks name these as \`\${NAME}\` and in \`when\`; templates use them by name. An unknown name is an error with its place in
the file. See [Playbooks](playbooks.md) for \`vars\`, \`item\` and \`outputs\`.

\`cluster\` has the settings of [the inventory](inventory.md), \`host\` and \`hosts\` those of its section \`hosts\`. Names other than
\`cluster\`, \`host\`, \`hosts\` and \`facts\` can change between releases.

| name | kind | holds |
|---|---|---|
${rows.join('\n')}
`
}

function shapeOf(name: string, value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'string') return 'text'
  if (typeof value !== 'object' || value === null) return typeof value
  if (described.includes(name)) return 'map'
  return `map: ${Object.keys(value)
    .map((key) => `\`${key}\``)
    .join(', ')}`
}
