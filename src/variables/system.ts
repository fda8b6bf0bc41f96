import type { Catalogue } from '../catalogue/catalogue.ts'
import { systemOf, systemRefusal } from '../catalogue/systems.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** What playbooks know of the system of a host, beside its facts. */
export interface HostSystem {
  /** Why this host is not to be a node, and the way out; empty where it may be one. */
  readonly refusal: string
  /** `v2`: the kubelet refuses the old control groups; `any`: the inventory has told it not to. */
  readonly cgroup: 'v2' | 'any'
  /** Whether SELinux is to be one way or the other here, and is not left as it is. */
  readonly selinuxManaged: boolean
  /** Whether containers are to run under labels of their own. */
  readonly selinuxEnforcing: boolean
  /** The family's packages as this system calls them. */
  readonly packagesOf: (family: readonly string[]) => string[]
}

/** One host's system as the catalogue knows it. Pure. */
export function hostSystem(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): HostSystem {
  const row = systemOf(facts, catalogue.systems)
  const selinuxEnforcing = facts.family === 'el' && inventory.selinux === 'enforcing'
  return {
    refusal: systemRefusal(facts, catalogue.systems, inventory.systems) ?? '',
    cgroup: inventory.kubernetes.kubelet.failCgroupV1 === false ? 'any' : 'v2',
    selinuxManaged: facts.family === 'el' && inventory.selinux !== 'leave',
    selinuxEnforcing,
    packagesOf: (family) => [
      ...family.filter((name) => !row?.without.includes(name)),
      ...(row?.more ?? []),
      // The rules under which containers and the kubelet work; policycoreutils has restorecon.
      ...(selinuxEnforcing ? ['container-selinux', 'policycoreutils'] : []),
    ],
  }
}
