import type { Problem } from '../errors.ts'
import type { Path } from '../yaml/document.ts'
import { pathText } from '../yaml/value.ts'
import { addonFiles, checkAddons } from './addons/check.ts'
import { checkDashboards, doubtfulDashboards } from './addons/check-dashboards.ts'
import { checkBackup } from './backup/check.ts'
import { checkDocker, hostsInDockersNetwork } from './docker/check.ts'
import { checkHelm } from './helm/check.ts'
import { checkNodeAddresses, checkWaysIn } from './hosts/check-addresses.ts'
import { checkLocal } from './hosts/check-local.ts'
import { checkNames } from './hosts/check-names.ts'
import type { Inventory } from './inventory.ts'
import { type CheckContext, problemAt } from './kubeconfig/check.ts'
import { checkArguments } from './kubernetes/arguments/check.ts'
import { checkKubeProxy } from './kubernetes/arguments/check-kube-proxy.ts'
import { checkKubelet } from './kubernetes/arguments/check-kubelet.ts'
import { versionProblem } from './kubernetes/check-version.ts'
import { checkFamilies } from './kubernetes/networks/check-families.ts'
import { checkNetworks } from './kubernetes/networks/check-networks.ts'
import { checkSubnets, fewPodAddresses } from './kubernetes/networks/check-subnets.ts'
import { checkMirrors, openLogins } from './mirrors/check.ts'

/** What a schema cannot see: what must fit together, and what must exist. */
export function check(context: CheckContext): {
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
} {
  return {
    errors: [
      ...checkVersion(context),
      ...checkControlPlanes(context),
      ...checkWaysIn(context),
      ...(context.purpose === 'nodes' ? checkNodeAddresses(context) : []),
      ...checkLocal(context),
      ...checkNetworks(context),
      ...checkSubnets(context),
      ...(context.purpose === 'nodes' ? checkFamilies(context) : []),
      ...checkDocker(context),
      ...checkNames(context),
      ...checkArguments(context),
      ...checkKubelet(context),
      ...checkKubeProxy(context),
      ...checkRuntime(context),
      ...checkFiles(context),
      ...checkBackup(context),
      ...checkMirrors(context),
      ...checkAddons(context),
      ...checkDashboards(context),
      ...checkHelm(context),
    ],
    warnings: [
      ...evenControlPlanes(context),
      ...fewPodAddresses(context),
      ...hostsInDockersNetwork(context),
      ...openLogins(context),
      ...doubtfulDashboards(context),
    ],
  }
}

function checkVersion(context: CheckContext): Problem[] {
  const found = versionProblem(context.inventory.kubernetes.version, context.catalogue)
  return found === undefined ? [] : [problemAt(context, ['kubernetes', 'version'], found.message, found.hint)]
}

function checkControlPlanes(context: CheckContext): Problem[] {
  const planes = context.inventory.hosts.filter((host) => host.role === 'control-plane')
  if (planes.length === 0 && context.complete) {
    return [
      problemAt(
        context,
        ['hosts'],
        'no host is a control plane',
        'set role: control-plane for at least one host',
        'key',
      ),
    ]
  }
  if (planes.length > 1 && context.inventory.kubernetes.endpoint === undefined && context.complete) {
    const message = `${planes.length} control planes require kubernetes.endpoint, the common address of the API`
    const hint = 'add kubernetes: { endpoint: host:6443 }, a load balancer or a virtual IP in front of them'
    return [problemAt(context, ['hosts', planes[1]?.name ?? ''], message, hint, 'key')]
  }
  return []
}

/** An even number survives no more failures than one fewer, and two lose their quorum with either. */
function evenControlPlanes(context: CheckContext): Problem[] {
  const planes = context.inventory.hosts.filter((host) => host.role === 'control-plane')
  if (planes.length === 0 || planes.length % 2 === 1) return []
  const message = `${planes.length} control planes tolerate no more failures than ${planes.length - 1}`
  return [problemAt(context, ['hosts'], message, 'use an odd number: 1, 3 or 5', 'key')]
}

function checkRuntime(context: CheckContext): Problem[] {
  const { engine, cri } = context.inventory.runtime
  if (cri !== 'cri-dockerd' || engine === 'docker') return []
  const message = 'runtime.cri cri-dockerd requires Docker'
  return [problemAt(context, ['runtime', 'cri'], message, 'write engine: docker, or cri: containerd')]
}

function checkFiles(context: CheckContext): Problem[] {
  const { inventory, document } = context
  const sections: [Path, Inventory['hosts'][number]['ssh'] | undefined][] = [
    ...inventory.hosts.map((host): [Path, typeof host.ssh] => [['hosts', host.name, 'ssh'], host.ssh]),
    [['ssh'], inventory.hosts[0]?.ssh],
  ]
  const wanted: [Path, string | undefined][] = [
    [['network', 'manifest'], 'manifest' in inventory.network ? inventory.network.manifest : undefined],
    ...inventory.registries.private.map((one, index): [Path, string | undefined] => [
      ['registries', 'private', index, 'ca'],
      one.ca,
    ]),
    ...inventory.registries.private.map((one, index): [Path, string | undefined] => [
      ['registries', 'private', index, 'password', 'file'],
      fileOf(one.password),
    ]),
    [['proxy', 'password', 'file'], fileOf(inventory.proxy?.password)],
    ...addonFiles(context),
    ...inventory.hooks.map((hook, index): [Path, string] => [['hooks', index, 'run'], hook.run]),
    ...sections.flatMap(([path, ssh]): [Path, string | undefined][] => [
      [[...path, 'identityFile'], ssh?.identityFile],
      [[...path, 'password', 'file'], fileOf(ssh?.password)],
      [[...path, 'sudoPassword', 'file'], fileOf(ssh?.sudoPassword)],
      ...jumpFiles([...path, 'jump'], ssh?.jump),
    ]),
  ]
  return wanted.flatMap(([path, file]) => {
    // Only what is a file is looked for where it is written.
    const written = file === undefined ? undefined : document.written(path)
    if (file === undefined || written === undefined || context.isFile(file)) return []
    const message = `${pathText(path)}: file ${written} does not exist`
    return [problemAt(context, path, message, 'correct the path; relative paths start at the directory of this file')]
  })
}

/** Written as one bastion, or as a list of them; of those written as text none has a file. */
function jumpFiles(path: Path, jumps: Inventory['hosts'][number]['ssh']['jump']): [Path, string | undefined][] {
  return (jumps ?? []).flatMap(({ identityFile, password }, index): [Path, string | undefined][] =>
    [path, [...path, index]].flatMap((at): [Path, string | undefined][] => [
      [[...at, 'identityFile'], identityFile],
      [[...at, 'password', 'file'], fileOf(password)],
    ]),
  )
}

function fileOf(source: unknown): string | undefined {
  return typeof source === 'object' && source !== null && 'file' in source ? String(source.file) : undefined
}
