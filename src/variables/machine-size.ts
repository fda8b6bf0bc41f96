import type { Host, Inventory } from '../inventory/inventory.ts'
import { isKubeRouter } from '../inventory/kubernetes/networks/network.ts'
import type { MachineSize } from '../modules/nodes/machine-size.ts'

/** kubeadm's ControlPlaneMem and ControlPlaneNumCPU: cmd/kubeadm/app/constants/constants.go of v1.36.3. */
const kubeadmLeast = { memory: 1700, cpus: 2 }

/**
 * CPU is what pods ask for: the API server 250m, the controller manager 200m, the scheduler and etcd 100m each
 * (cmd/kubeadm/app/phases of v1.36.3); kube-router 250m. Memory is what they use: those four 700 MiB in an idle cluster.
 */
const pods = {
  'control-plane': { memory: 1000, cpu: 650 },
  worker: { memory: 300, cpu: 0 },
}
const kubeRouterCpu = 250

/** What a host's machine must have. */
export function machineSizeOf(inventory: Inventory, host: Host): MachineSize {
  const { reserved, evictionHard, ignorePreflightErrors } = inventory.kubernetes
  const passed = new Set(ignorePreflightErrors.map((name) => name.toLowerCase()))
  const demanded = (check: string, least: number) =>
    host.role === 'worker' || passed.has(check) || passed.has('all') ? 0 : least
  const { memory, cpu } = pods[host.role]
  return {
    role: host.role,
    least: { memory: demanded('mem', kubeadmLeast.memory), cpus: demanded('numcpu', kubeadmLeast.cpus) },
    needs: { memory, cpu: cpu + (isKubeRouter(inventory.network) ? kubeRouterCpu : 0) },
    given: { ...reserved, eviction: evictionHard['memory.available'] },
  }
}
