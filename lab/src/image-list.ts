import { join } from 'node:path'
import { goPrograms } from './go.ts'
import type { Start } from './image-layout.ts'
import { labFiles } from './model.ts'
import { kubernetesVersion, tags } from './release.ts'

/** One image: its layers from the lowest up, and what it starts. */
export interface Image {
  /** Its path in the registry, without the name of the registry that it stands for. */
  readonly repository: string
  readonly tag: string
  readonly layers: readonly Layer[]
  readonly start: Start
}

/** Files by their place in the image; or a root file system made by the upstream. */
export type Layer = Readonly<Record<string, string>> | 'network-tools' | 'busybox'

/** The images that kubeadm of the lab's release asks for, and what tests need beside them. */
export async function kubernetesImages(): Promise<Image[]> {
  const kubernetes = await goPrograms('kubernetes')
  const etcd = await goPrograms('etcd')
  const component = (name: string, below: readonly Layer[] = []): Image => ({
    repository: name,
    tag: `v${kubernetesVersion}`,
    layers: [...below, program(kubernetes, name)],
    start: { Entrypoint: [`/usr/local/bin/${name}`] },
  })
  return [
    component('kube-apiserver'),
    component('kube-controller-manager'),
    component('kube-scheduler'),
    component('kube-proxy', ['network-tools']),
    {
      repository: 'etcd',
      tag: tags.etcd,
      // As the official image has them: the tools are what backups are made and proven with.
      layers: [{ ...program(etcd, 'etcd'), ...program(etcd, 'etcdctl'), ...program(etcd, 'etcdutl') }],
      start: { Entrypoint: ['/usr/local/bin/etcd'] },
    },
    {
      repository: 'coredns/coredns',
      tag: tags.coredns,
      layers: [{ coredns: join(await goPrograms('coredns'), 'coredns') }],
      start: { Entrypoint: ['/coredns'] },
    },
    {
      repository: 'pause',
      tag: tags.pause,
      layers: [{ pause: join(await goPrograms('tools'), 'pause') }],
      start: { Entrypoint: ['/pause'] },
    },
    {
      repository: 'provision-lab/network',
      tag: tags.network,
      layers: [
        'network-tools',
        {
          ...program(kubernetes, 'kubectl'),
          'usr/local/bin/lab-network': join(labFiles, 'network/network.sh'),
        },
      ],
      start: { Entrypoint: ['/usr/local/bin/lab-network'] },
    },
    { repository: 'library/busybox', tag: tags.busybox, layers: ['busybox'], start: { Cmd: ['sh'] } },
  ]
}

/** The images that the add-ons ask for. */
export async function addonImages(): Promise<Image[]> {
  return [
    {
      repository: 'metrics-server/metrics-server',
      tag: tags.metricsServer,
      layers: [{ 'metrics-server': join(await goPrograms('metrics-server'), 'metrics-server') }],
      start: { Entrypoint: ['/metrics-server'] },
    },
    {
      repository: 'rancher/local-path-provisioner',
      tag: tags.localPathProvisioner,
      layers: [
        {
          'usr/bin/local-path-provisioner': join(await goPrograms('local-path-provisioner'), 'local-path-provisioner'),
        },
      ],
      // No entrypoint, as in the official image: whoever gives arguments must name the program, too.
      start: { Cmd: ['/usr/bin/local-path-provisioner'] },
    },
    {
      repository: 'library/traefik',
      tag: tags.traefik,
      layers: [program(await goPrograms('traefik'), 'traefik')],
      start: { Entrypoint: ['/usr/local/bin/traefik'] },
    },
    {
      repository: 'library/registry',
      tag: tags.registry,
      layers: [
        {
          'bin/registry': join(await goPrograms('registry'), 'registry'),
          'etc/distribution/config.yml': join(labFiles, 'registry/config.yml'),
        },
      ],
      // Without the variable the registry tries to send traces to its own machine, and complains that it cannot.
      start: {
        Entrypoint: ['registry'],
        Cmd: ['serve', '/etc/distribution/config.yml'],
        Env: ['OTEL_TRACES_EXPORTER=none'],
      },
    },
  ]
}

function program(directory: string, name: string): Readonly<Record<string, string>> {
  return { [`usr/local/bin/${name}`]: join(directory, name) }
}
