import { canonical, familyOf, isIP } from '../inventory/addresses.ts'
import type { VariableInput } from './input.ts'
import { machineSizeOf } from './machine-size.ts'
import { hostSystem } from './system.ts'

/** What a host is, and where its system keeps things. */
export function hostVariables({ inventory, host, facts, catalogue }: VariableInput) {
  const debian = facts.family === 'debian'
  // Of a name the kubelet and kubeadm choose: see docs/decisions/031-hosts-by-name.md.
  const nodeAddress = isIP(host.address) ? canonical(host.address) : ''
  return {
    cluster: inventory,
    host,
    hosts: inventory.hosts,
    facts,
    isIP,
    system: hostSystem(inventory, facts, catalogue),
    machineSize: machineSizeOf(inventory, host),
    paths: {
      chronyConfig: debian ? '/etc/chrony/chrony.conf' : '/etc/chrony.conf',
      kubeletDefaults: debian ? '/etc/default/kubelet' : '/etc/sysconfig/kubelet',
    },
    units: { chrony: debian ? 'chrony.service' : 'chronyd.service' },
    timeZoneGiven: inventory.time.zone !== undefined,
    nodeAddress,
    // Neither is left to the host's name of the moment, nor to its default route.
    nodeArguments: ` --hostname-override=${host.name}${nodeAddress === '' ? '' : ` --node-ip=${nodeAddress}`}`,
    hasNodeAddress: nodeAddress !== '',
    nodeFamily: familyOf(inventory.kubernetes.podSubnet) === 'IPv6' ? 6 : 4,
  }
}
