import { isIP } from '../inventory/addresses.ts'
import { apiEndpoint, endpointHost, endpointPort } from '../inventory/kubernetes/networks/endpoint.ts'
import type { VariableInput } from './input.ts'
import { namesOfNode } from './names.ts'

/** The socket at which kubeadm and the kubelet find the runtime. */
const sockets = {
  containerd: 'unix:///run/containerd/containerd.sock',
  'cri-dockerd': 'unix:///run/cri-dockerd.sock',
} as const

/** What kubeadm and the kubelet are told, and where the API is. */
export function kubernetesVariables({ inventory }: VariableInput) {
  const { kubernetes, hosts, backup } = inventory
  const endpoint = apiEndpoint(inventory)
  const apiHost = endpointHost(endpoint)
  // Names of nodes are written to every host, later than it is looked for.
  const endpointNode = hosts.find((each) => namesOfNode(inventory, each).includes(apiHost) && isIP(each.address))
  const controlPlanes = hosts.filter((each) => each.role === 'control-plane')
  return {
    criSocket: sockets[inventory.runtime.cri],
    endpoint,
    endpointHost: apiHost,
    endpointIsElsewhere: endpointNode === undefined,
    endpointAddress: endpointNode?.address ?? apiHost,
    endpointPort: endpointPort(endpoint),
    certificateSANs: [
      ...new Set([
        ...kubernetes.certificateSANs,
        apiHost,
        ...controlPlanes.flatMap((each) => [each.name, each.address]),
        'localhost',
        '127.0.0.1',
      ]),
    ],
    componentArguments: {
      apiServer: kubernetes.apiServer?.extraArgs ?? {},
      controllerManager: kubernetes.controllerManager?.extraArgs ?? {},
      scheduler: kubernetes.scheduler?.extraArgs ?? {},
    },
    podResolvers: String(kubernetes.kubelet.resolvConf ?? ''),
    ignorePreflightErrors: kubernetes.ignorePreflightErrors.join(','),
    backupScheduled: backup.schedule !== undefined,
    backupRecipients: backup.recipients.map((one) => `${one}\n`).join(''),
  }
}
