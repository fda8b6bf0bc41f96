import type { Host, Taint } from '../inventory/inventory.ts'
import type { VariableInput } from './input.ts'

/** The nodes of the cluster, by name. */
export function nodeVariables({ inventory: { hosts }, host }: VariableInput) {
  const controlPlanes = hosts.filter((each) => each.role === 'control-plane')
  const up = hosts.filter((each) => each.state === 'up')
  const names = (list: readonly Host[]) => list.map((each) => each.name)
  return {
    hostNames: names(hosts),
    nodeNames: names(up),
    downNames: names(hosts.filter((each) => each.state === 'down')),
    severalControlPlanes: controlPlanes.length > 1,
    otherControlPlanes: names(controlPlanes.filter((each) => each.state === 'up' && each.name !== host.name)),
    // As with labels: a node that is off is left as it is.
    taints: nodeTaints(up),
  }
}

/** The taints of nodes as the module `taints` takes them. */
export function nodeTaints(hosts: readonly Host[]): { readonly name: string; readonly taints: readonly string[] }[] {
  return hosts.map((each) => ({ name: each.name, taints: each.taints.map(taintText) }))
}

function taintText(taint: Taint): string {
  return `${taint.key}=${taint.value ?? ''}:${taint.effect}`
}
