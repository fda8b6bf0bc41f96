import { modules } from './index.ts'
import type { Module } from './module.ts'

/** Former names of modules, which playbooks may use until the minor version after 0.1. */
const names: readonly (readonly [former: string, name: string])[] = [
  ['addonProof', 'verifyAddon'],
  ['forgetNodes', 'deleteNodes'],
  ['newCluster', 'refuseSecondCluster'],
  ['proveArchive', 'verifyArchive'],
  ['refuseNodes', 'denyNodes'],
  ['standAside', 'displaceControlPlane'],
  ['standStill', 'stopControlPlane'],
  ['suitable', 'preflight'],
  ['wholePackages', 'verifyPackages'],
]

/** All modules, also by their former names. */
export const modulesByAnyName: Readonly<Record<string, Module>> = {
  ...modules,
  ...Object.fromEntries(names.map(([former, name]) => [former, modules[name] as Module])),
}
