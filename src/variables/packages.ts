import type { HostFacts } from '../host-facts.ts'
import { forHost } from '../inventory/hosts/runtime.ts'
import type { VariableInput } from './input.ts'
import { nameServerPackages } from './names.ts'
import { osArchivesOf } from './os-repositories.ts'
import {
  containerdPackages,
  displacedPackages,
  dockerPackages,
  dockerRepository,
  kubernetesPackages,
  kubernetesRepository,
} from './package-sources.ts'
import { hostSystem } from './system.ts'

/** What every node needs of its system, by family. */
const base: Readonly<Record<HostFacts['family'], readonly string[]>> = {
  debian: [
    'chrony',
    'ca-certificates',
    'iptables',
    'conntrack',
    'ethtool',
    'socat',
    'ipset',
    'nftables',
    'kmod',
    'util-linux',
    // Without it containers run unconfined; Docker only recommends it, and minimal systems have none.
    'apparmor',
  ],
  el: [
    'chrony',
    'ca-certificates',
    'iptables-nft',
    'conntrack-tools',
    'ethtool',
    'socat',
    'ipset',
    'nftables',
    'kmod',
    'util-linux',
    // Minimal systems have neither; certificates are made with the one, archives unpacked with the other.
    'openssl',
    'tar',
  ],
}

/** Packages and where they come from. */
export function packageVariables({ inventory, host, facts, catalogue }: VariableInput) {
  const own = forHost(inventory, host)
  const containerd = containerdPackages(own, facts, catalogue)
  return {
    packages: {
      base: hostSystem(inventory, facts, catalogue).packagesOf([
        ...nameServerPackages(inventory, host, facts),
        // In the same transaction where it needs no repository of its own: images can be pulled sooner.
        ...(own.docker.packages === 'docker' ? [] : containerd.names),
        ...base[facts.family],
      ]),
      containerd,
      docker: dockerPackages(own, facts, catalogue),
      kubernetes: kubernetesPackages(inventory, catalogue),
    },
    displaced: displacedPackages(own, facts),
    dockerChosen: Object.keys(inventory.docker.daemon),
    dockerRepositoryNeeded: own.docker.packages === 'docker',
    repositories: {
      docker: dockerRepository(inventory, facts, catalogue),
      kubernetes: kubernetesRepository(inventory, facts, catalogue),
    },
    osMirrorsAsked: Object.keys(inventory.mirrors.packages.os).length > 0,
    osArchives: osArchivesOf(inventory, facts),
    criDockerd: {
      version: catalogue['cri-dockerd'].version,
      url: catalogue['cri-dockerd'].url
        .replaceAll('{version}', catalogue['cri-dockerd'].version)
        .replaceAll('{arch}', facts.arch),
    },
    completedPrograms: inventory.completion ? ['kubectl', 'kubeadm', 'crictl', 'helm', 'docker'] : [],
  }
}
