import ipaddr from 'ipaddr.js'
import type { Problem } from '../../../errors.ts'
import type { Path } from '../../../yaml/document.ts'
import { familyOf } from '../../addresses.ts'
import { type CheckContext, problemAt } from '../../kubeconfig/check.ts'

// Of kubeadm. Source: k8s.io/kubernetes v1.36.3, cmd/kubeadm/app/constants/constants.go. The API server has the first, too.
const serviceBitsMost = 20
const serviceAddressesLeast = 10
const podsOverNodeBitsMost = 16

/** A node needs addresses for its bridge and some pods. */
const nodeAddressesLeast = 16

/** Sizes of the subnets: what kubeadm, the API server and the controller manager refuse, and too few for the nodes. */
export function checkSubnets(context: CheckContext): Problem[] {
  return [...checkServiceSize(context), ...checkPodSize(context)]
}

function checkServiceSize(context: CheckContext): Problem[] {
  const { kubernetes, addons } = context.inventory
  const { bits, prefix, base } = sizeOf(kubernetes.serviceSubnet)
  const own = bits - prefix
  const wrong = (what: string, least: number, most: number) => {
    const message = `kubernetes.serviceSubnet ${kubernetes.serviceSubnet} ${what}`
    const better = own > most ? bits - most : bits - least
    return [problemAt(context, ['kubernetes', 'serviceSubnet'], message, `write for example ${base}/${better}`)]
  }
  if (own > serviceBitsMost)
    return wrong(`is larger than ${serviceBitsMost} bits, the limit of the API server`, 8, serviceBitsMost)
  if (2 ** own < serviceAddressesLeast)
    return wrong(`has fewer than ${serviceAddressesLeast} addresses, the minimum of kubeadm`, 8, serviceBitsMost)
  // The registry has the 20th address: see resolve-addons.ts.
  if (own < 5 && addons.some((addon) => addon.name === 'registry'))
    return wrong('has no 20th address, which the registry requires', 8, serviceBitsMost)
  return []
}

function checkPodSize(context: CheckContext): Problem[] {
  const { kubernetes, hosts } = context.inventory
  const mask = nodeMask(context)
  if (Array.isArray(mask)) return mask
  const { bits, prefix, base } = sizeOf(kubernetes.podSubnet)
  const wrong = (what: string, better: number) => {
    const message = `kubernetes.podSubnet ${kubernetes.podSubnet} ${what}`
    // Whoever has chosen what a node gets can choose it again.
    if (mask.path !== undefined)
      return [problemAt(context, mask.path, message, `write another, such as "${bits === 32 ? 24 : 64}"`)]
    return [problemAt(context, ['kubernetes', 'podSubnet'], message, `write for example ${base}/${better}`)]
  }
  if (prefix > mask.size) return wrong(`is smaller than the /${mask.size} subnet of each node`, mask.size - 8)
  if (mask.size - prefix > podsOverNodeBitsMost) {
    const what = `is more than ${podsOverNodeBitsMost} bits larger than the /${mask.size} subnet of each node, which kubeadm rejects`
    return wrong(what, mask.size - podsOverNodeBitsMost)
  }
  const nodes = 2 ** (mask.size - prefix)
  if (nodes < hosts.length) {
    const what = `has a /${mask.size} for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, and there are ${hosts.length}`
    return wrong(what, mask.size - Math.max(8, Math.ceil(Math.log2(hosts.length))))
  }
  if (2 ** (bits - mask.size) < nodeAddressesLeast && mask.path !== undefined) {
    const message = `a /${mask.size} leaves a node ${2 ** (bits - mask.size)} addresses`
    return [problemAt(context, mask.path, message, `write at most ${bits - 4}`)]
  }
  return []
}

interface NodeMask {
  readonly size: number
  /** Where it is written; undefined for the default. */
  readonly path?: Path
}

/**
 * How many bits of a node's addresses are given: a flag of the controller manager. Or what is wrong with the flags.
 * Source: k8s.io/kubernetes v1.36.3, cmd/kube-controller-manager/app/core.go, setNodeCIDRMaskSizes.
 */
function nodeMask(context: CheckContext): NodeMask | Problem[] {
  const { podSubnet, controllerManager } = context.inventory.kubernetes
  const family = familyOf(podSubnet) ?? 'IPv4'
  const bits = family === 'IPv4' ? 32 : 128
  const flags = ['node-cidr-mask-size', 'node-cidr-mask-size-ipv4', 'node-cidr-mask-size-ipv6']
  const given = flags.filter((flag) => controllerManager?.extraArgs[flag] !== undefined)
  const [flag, second] = given
  const wrong = (name: string, message: string, hint: string) => [
    problemAt(context, flagPath(name), `kubernetes.controllerManager.extraArgs.${name} ${message}`, hint),
  ]
  if (flag === undefined) return { size: family === 'IPv4' ? 24 : 64 }
  if (second !== undefined) return wrong(second, `cannot be combined with ${flag}`, 'keep one of them')
  const other = family === 'IPv4' ? 'ipv6' : 'ipv4'
  if (flag.endsWith(other)) {
    const right = `node-cidr-mask-size-${family.toLowerCase()}`
    return wrong(flag, `is not for ${family} clusters`, `write ${right}`)
  }
  const value = controllerManager?.extraArgs[flag] ?? ''
  const size = Number(value)
  if (!/^\d+$/.test(value) || size < 1 || size > bits)
    return wrong(
      flag,
      `${value} is not a number of bits`,
      `write a number from 1 to ${bits}, such as "${bits === 32 ? 24 : 64}"`,
    )
  return { size, path: flagPath(flag) }
}

function flagPath(name: string): Path {
  return ['kubernetes', 'controllerManager', 'extraArgs', name]
}

function sizeOf(subnet: string): { readonly bits: number; readonly prefix: number; readonly base: string } {
  const [base, prefix] = ipaddr.parseCIDR(subnet)
  return { bits: base.kind() === 'ipv4' ? 32 : 128, prefix, base: base.toString() }
}

/** Nodes that take more pods than they have addresses for. */
export function fewPodAddresses(context: CheckContext): Problem[] {
  const mask = nodeMask(context)
  if (Array.isArray(mask) || mask.path === undefined) return []
  const { podSubnet, kubelet } = context.inventory.kubernetes
  const pods = typeof kubelet.maxPods === 'number' ? kubelet.maxPods : 110
  // The network, the bridge and the broadcast address are no pod's.
  const addresses = 2 ** (sizeOf(podSubnet).bits - mask.size) - 3
  if (addresses >= pods) return []
  const message = `a /${mask.size} has ${addresses} pod addresses, and a node accepts up to ${pods} pods`
  return [problemAt(context, mask.path, message, `set kubernetes.kubelet: { maxPods: ${addresses} }`)]
}
