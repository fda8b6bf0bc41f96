import { isAbsolute, join, resolve as resolvePath } from 'node:path'
import { type Catalogue, minorOf } from '../catalogue/catalogue.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { seconds } from '../yaml/duration.ts'
import { registryOfCluster, resolveAddons } from './addons/resolve.ts'
import { resolveHelm } from './helm/resolve.ts'
import { type Jump, parseJumps } from './hosts/jump.ts'
import type { Hook, Host, Inventory, Network, SshSettings, Taint } from './inventory.ts'
import { evictionDefaults } from './kubernetes/arguments/eviction.ts'
import { presetsOf, resolveMirrors } from './mirrors/resolve.ts'
import type { InventoryFile } from './schema.ts'
import type { SecretSource } from './secret-source.ts'

/** What resolving needs to know of the machine it happens on. */
export interface Surroundings {
  /** Directory of the inventory: relative paths in it begin here. */
  readonly directory: string
  readonly home: string
}

const controlPlaneTaint: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
const timeServers = ['0.pool.ntp.org', '1.pool.ntp.org', '2.pool.ntp.org', '3.pool.ntp.org']

/** Fills in what the schema cannot: overlays, presets, absolute paths. Pure. `warnings` is left empty. */
export function resolve(
  file: InventoryFile,
  document: YamlDocument,
  around: Surroundings,
  catalogue: Catalogue,
): Inventory {
  const path = (text: string) => absolute(text, around)
  const presetServers = [...new Set(presetsOf(file.mirrors).flatMap((each) => each.timeServers))]
  return {
    file: absolute(document.file, { ...around, directory: process.cwd() }),
    cluster: file.cluster,
    // JavaScript moves names such as "1" to the front; the file's order decides who is first.
    hosts: Object.keys(file.hosts)
      .map((name) => resolveHost(name, file, document, around))
      .sort((a, b) => a.source.line - b.source.line || a.source.column - b.source.column),
    kubernetes: resolveKubernetes(file.kubernetes, catalogue),
    runtime: file.runtime,
    docker: { ...file.docker, version: file.docker.version },
    containerd: { version: file.containerd.version },
    registries: {
      private: [...file.registries.private, ...registryOfCluster(file)].map((one) => ({
        ...one,
        ca: one.ca === undefined ? undefined : path(one.ca),
        password: resolveSecret(one.password, around),
      })),
    },
    network: resolveNetwork(file.network, path),
    time: {
      zone: file.time.zone,
      chosen: file.time.servers !== undefined,
      servers: file.time.servers ?? (presetServers.length === 0 ? timeServers : presetServers),
    },
    names: file.names,
    systems: file.systems,
    firewall: typeof file.firewall === 'string' ? { mode: file.firewall, ports: [] } : file.firewall,
    selinux: file.selinux,
    swap: file.swap,
    limits: file.limits,
    timeouts: { download: seconds(file.timeouts.download), ready: seconds(file.timeouts.ready) },
    mirrors: resolveMirrors(file.mirrors),
    proxy: file.proxy && {
      ...file.proxy,
      https: file.proxy.https ?? file.proxy.http,
      password: resolveSecret(file.proxy.password, around),
    },
    backup: {
      recipients: file.backup.recipients ?? [],
      identity: file.backup.identity === undefined ? undefined : path(file.backup.identity),
      passphrase: resolveSecret(file.backup.passphrase, around),
      keep: file.backup.keep,
      schedule: file.backup.schedule,
      directory: file.backup.directory === undefined ? undefined : path(file.backup.directory),
    },
    addons: resolveAddons(file, catalogue, path),
    helm: resolveHelm(file.helm, catalogue, path, (source) => resolveSecret(source, around)),
    completion: file.completion,
    hooks: file.hooks.map(
      (hook, index): Hook => ({
        when: hook.before === undefined ? 'after' : 'before',
        phase: hook.before ?? hook.after ?? '',
        run: path(hook.run),
        source: document.locate(['hooks', index]),
      }),
    ),
    warnings: [],
  }
}

function resolveNetwork(network: InventoryFile['network'], path: (file: string) => string): Network {
  if (network === 'kube-router') return { kubeRouter: { serviceProxy: false } }
  return 'manifest' in network ? { manifest: path(network.manifest) } : network
}

/** Settings without a value are there all the same, so that playbooks can ask for them. */
function resolveKubernetes(kubernetes: InventoryFile['kubernetes'], catalogue: Catalogue): Inventory['kubernetes'] {
  return {
    ...kubernetes,
    version: wantedVersion(kubernetes.version, catalogue),
    evictionHard: { ...evictionDefaults, ...kubernetes.evictionHard } as Record<string, string>,
    endpoint: kubernetes.endpoint,
    apiServer: kubernetes.apiServer,
    controllerManager: kubernetes.controllerManager,
    scheduler: kubernetes.scheduler,
  }
}

function resolveHost(name: string, file: InventoryFile, document: YamlDocument, around: Surroundings): Host {
  const host = file.hosts[name] as InventoryFile['hosts'][string]
  const byRole = host.role === 'control-plane' ? [controlPlaneTaint] : []
  return {
    name,
    address: host.node?.address ?? host.address,
    reach: host.address,
    node: host.node,
    connection: host.connection,
    role: host.role,
    state: host.state,
    labels: host.labels,
    taints: host.taints?.map(parseTaint) ?? byRole,
    ssh: resolveSsh({ ...file.ssh, ...host.ssh }, around),
    ...(host.docker && { docker: host.docker }),
    ...(host.containerd && { containerd: host.containerd }),
    source: document.locate(['hosts', name], 'key'),
  }
}

function resolveSsh(ssh: InventoryFile['ssh'], around: Surroundings): SshSettings {
  return {
    user: ssh.user,
    port: ssh.port,
    identityFile: ssh.identityFile === undefined ? undefined : absolute(ssh.identityFile, around),
    password: resolveSecret(ssh.password, around),
    sudoPassword: resolveSecret(ssh.sudoPassword, around),
    jump: ssh.jump === undefined || ssh.jump === 'none' ? undefined : resolveJump(ssh.jump, around),
    hostKeys: ssh.hostKeys ?? 'pin',
  }
}

function resolveJump(
  jump: Exclude<InventoryFile['ssh']['jump'], 'none' | undefined>,
  around: Surroundings,
): Jump<SecretSource>[] {
  return [jump].flat().flatMap((each): Jump<SecretSource>[] => {
    if (typeof each === 'string') return parseJumps(each) ?? []
    const { identityFile, password, ...rest } = each
    return [
      {
        ...rest,
        identityFile: identityFile === undefined ? undefined : absolute(identityFile, around),
        password: resolveSecret(password, around),
      },
    ]
  })
}

function resolveSecret(source: SecretSource | undefined, around: Surroundings): SecretSource | undefined {
  if (source === undefined || source === 'prompt' || 'env' in source) return source
  return { file: absolute(source.file, around) }
}

/** The version asked for; of a minor alone its newest known patch. Unknown minors are left to the checks. */
function wantedVersion(version: string | undefined, catalogue: Catalogue): string {
  if (version === undefined) return catalogue.kubernetes.default
  if (version.split('.').length === 3) return version
  return catalogue.kubernetes.minors[minorOf(version)]?.newest ?? version
}

/** `key=value:Effect` taken apart; the schema has seen to its form. */
export function parseTaint(text: string): Taint {
  const colon = text.lastIndexOf(':')
  const [key, value] = text.slice(0, colon).split('=', 2)
  return { key: key ?? '', value, effect: text.slice(colon + 1) as Taint['effect'] }
}

function absolute(path: string, around: Surroundings): string {
  if (path === '~' || path.startsWith('~/')) return join(around.home, path.slice(1))
  return isAbsolute(path) ? path : resolvePath(around.directory, path)
}
