import { cluster } from '../../../../src/views/causes/cluster.ts'
import { etcd } from '../../../../src/views/causes/etcd.ts'
import { general } from '../../../../src/views/causes/general.ts'
import { helm } from '../../../../src/views/causes/helm.ts'
import { images } from '../../../../src/views/causes/images.ts'
import { kubeadm } from '../../../../src/views/causes/kubeadm.ts'
import { kubelet } from '../../../../src/views/causes/kubelet.ts'
import { machine } from '../../../../src/views/causes/machine.ts'
import { network } from '../../../../src/views/causes/network.ts'
import { packages } from '../../../../src/views/causes/packages.ts'
import { runtime } from '../../../../src/views/causes/runtime.ts'
import { causeOf } from '../../../../src/views/hints.ts'
import { errorTexts } from '../../../../tools/docs/error-texts.ts'
import { causesSubject, messageIndex } from '../../../../tools/docs/messages.ts'
import { published, unpublished } from '../../views/logs.ts'

const logs = [...published.flatMap(([, cases]) => cases.map(({ log }) => log)), ...unpublished]
const logsOf = Map.groupBy(logs, causeOf)

const causes = {
  'Connections and names': network,
  Packages: packages,
  'Images and registries': images,
  'Container runtime': runtime,
  kubeadm,
  kubelet,
  etcd,
  'Cluster and pod network': cluster,
  Helm: helm,
  'Disk, memory and system': machine,
  Other: general,
}

const errors = {
  'SSH, login and sudo': ['transport'],
  'Inventory and secrets': ['inventory', 'secrets', 'playbook', 'variables', 'views'],
  'Backup, restore and rebuild': ['archive', 'rebuild'],
  'Other commands': ['operations', 'run', 'cli'],
}

/** docs/troubleshooting/index.md */
export function messages(): string {
  return messageIndex([
    ...Object.entries(errors).map(([title, folders]) => ({
      title,
      answers: folders.flatMap(errorTexts).map(({ message, hint }) => ({ messages: [message], hint })),
    })),
    ...Object.entries(causes).map(([title, own]) => causesSubject(title, own, (cause) => logsOf.get(cause) ?? [])),
  ])
}
