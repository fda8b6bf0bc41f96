import type { Catalogue } from '../catalogue/catalogue.ts'
import { systemOf, systemRefusal } from '../catalogue/systems.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { HostFacts } from '../modules/module.ts'

/** What playbooks know of the system of a host, beside its facts. */
export interface HostSystem {
  /** Why this host is not to be a node, and the way out; empty where it may be one. */
  readonly refusal: string
  /** `v2`: the kubelet refuses the old control groups; `any`: the inventory has told it not to. */
  readonly cgroup: 'v2' | 'any'
  /** The package with the kernel's modules for container networking where the system leaves it out; else empty. */
  readonly kernelModules: string
  /** The family's packages as this system calls them. */
  readonly packagesOf: (family: readonly string[]) => string[]
}

/** One host's system as the catalogue knows it. Pure. */
export function hostSystem(inventory: Inventory, facts: HostFacts, catalogue: Catalogue): HostSystem {
  const row = systemOf(facts, catalogue.systems)
  return {
    refusal: systemRefusal(facts, catalogue.systems, inventory.systems) ?? '',
    cgroup: inventory.kubernetes.kubelet.failCgroupV1 === false ? 'any' : 'v2',
    kernelModules: row?.kernelModules ?? '',
    packagesOf: (family) => [...family.filter((name) => !row?.without.includes(name)), ...(row?.more ?? [])],
  }
}
