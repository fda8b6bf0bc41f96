import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { cgroupV1 } from './cgroups.ts'
import { keyFiles } from './keys.ts'
import { loginUser } from './layer.ts'
import { type Lab, type LabHost, labFiles, labRoot } from './model.ts'
import { kubernetesVersion } from './release.ts'
import { isStandin } from './standin.ts'
import { dockerUrl, helmUrl, packagesUrl, registryUrl } from './upstream.ts'

export function inventoryFile(labName: string): string {
  return join(labRoot(labName), 'hosts.yaml')
}

/** Writes the inventory of a lab: an ordinary one, in which ordinary settings say what lab hosts lack. */
export async function writeInventory(lab: Lab): Promise<string> {
  const file = inventoryFile(lab.name)
  const header = [
    '# Written by `provision lab up`; gone with `provision lab down`. Change a copy of it.',
    '# For add-ons and Helm run `provision lab up --addons` first.',
    '',
  ].join('\n')
  await writeFile(file, header + stringify(inventory(lab), { lineWidth: 110 }))
  return file
}

function inventory(lab: Lab): object {
  const several = lab.settings.controlPlanes > 1
  return {
    cluster: lab.name,
    ssh: { user: 'ops', identityFile: keyFiles(lab.name).identity },
    hosts: Object.fromEntries(lab.hosts.map((host) => [host.name, entry(lab, host)])),
    kubernetes: {
      version: kubernetesVersion,
      ...(several ? { endpoint: `${lab.hosts[0]?.address}:6443` } : {}),
      ...(cgroupV1() ? { kubelet: { failCgroupV1: false }, ignorePreflightErrors: ['SystemVerification'] } : {}),
      // The conntrack table belongs to the machine, not to its hosts.
      kubeProxy: { conntrack: { maxPerCore: 0, min: 0 } },
    },
    docker: { packages: 'distribution' },
    network: { manifest: join(labFiles, 'network/manifest.yaml') },
    time: { servers: [lab.upstream.address] },
    mirrors: {
      packages: {
        kubernetes: packagesUrl(lab),
        helm: helmUrl(lab),
        ...(lab.hosts.some((host) => isStandin(host.system)) ? { docker: dockerUrl(lab) } : {}),
      },
      registries: { 'registry.k8s.io': [registryUrl(lab)], 'docker.io': [registryUrl(lab)] },
    },
  }
}

/** The RHEL family has no Docker of its own. What the lab's repository holds under Docker's name is Debian's. */
const standinDocker = { docker: { packages: 'docker', version: '26.1' }, containerd: { version: '1.7' } }

function entry(lab: Lab, host: LabHost): object {
  const ssh = {
    ...(loginUser(host) === 'ops' ? {} : { user: loginUser(host) }),
    ...(host.login === 'sudo-password' ? { sudoPassword: { file: keyFiles(lab.name).sudoPassword } } : {}),
  }
  return {
    address: host.address,
    role: host.role,
    ...(Object.keys(ssh).length > 0 ? { ssh } : {}),
    ...(isStandin(host.system) ? standinDocker : {}),
  }
}
