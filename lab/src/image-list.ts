import { join } from 'node:path'
import { type GoModule, programsOf } from './go.ts'
import type { Start } from './image-layout.ts'
import { kubernetesPrograms } from './kubernetes-programs.ts'
import { labFiles } from './model.ts'
import { kubernetesVersion, tags } from './release.ts'

/** One image: where its official one is, and what the lab builds it from where it cannot fetch that one. */
export interface Image {
  /** The registry that has it. Missing where it is one of the lab's own. */
  readonly official?: 'registry.k8s.io' | 'docker.io'
  /** Its path in the registry, without the name of the registry that it stands for. */
  readonly repository: string
  readonly tag: string
  /** The Go module with its programs. */
  readonly module?: GoModule
  /** From the lowest up. */
  readonly layers: readonly Layer[]
  readonly start: Start
}

/** Files by their place in the image; or a root file system made by the upstream. */
export type Layer = Readonly<Record<string, string>> | 'network-tools' | 'busybox'

/** The images that kubeadm of the lab's release asks for, and what tests need beside them. */
export async function kubernetesImages(): Promise<Image[]> {
  const kubernetes = await programsOf('kubernetes')
  const etcd = await programsOf('etcd')
  const official = 'registry.k8s.io'
  const component = (name: string, below: readonly Layer[] = []): Image => ({
    official,
    repository: name,
    tag: `v${kubernetesVersion}`,
    module: 'kubernetes',
    layers: [...below, program(kubernetes, name)],
    start: { Entrypoint: [`/usr/local/bin/${name}`] },
  })
  return [
    component('kube-apiserver'),
    component('kube-controller-manager'),
    component('kube-scheduler'),
    component('kube-proxy', ['network-tools']),
    {
      official,
      repository: 'etcd',
      tag: tags.etcd,
      module: 'etcd',
      // As the official image has them: the tools are what backups are made and proven with.
      layers: [{ ...program(etcd, 'etcd'), ...program(etcd, 'etcdctl'), ...program(etcd, 'etcdutl') }],
      start: { Entrypoint: ['/usr/local/bin/etcd'] },
    },
    {
      official,
      repository: 'coredns/coredns',
      tag: tags.coredns,
      module: 'coredns',
      layers: [{ coredns: join(await programsOf('coredns'), 'coredns') }],
      start: { Entrypoint: ['/coredns'] },
    },
    {
      official,
      repository: 'pause',
      tag: tags.pause,
      module: 'tools',
      layers: [{ pause: join(await programsOf('tools'), 'pause') }],
      start: { Entrypoint: ['/pause'] },
    },
    {
      repository: 'provision-lab/network',
      tag: tags.network,
      layers: [
        'network-tools',
        {
          ...program((await kubernetesPrograms()).programs, 'kubectl'),
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
  const place = async (module: GoModule) => join(await programsOf(module), module)
  return [
    {
      official: 'registry.k8s.io',
      repository: 'metrics-server/metrics-server',
      tag: tags.metricsServer,
      module: 'metrics-server',
      layers: [{ 'metrics-server': await place('metrics-server') }],
      start: { Entrypoint: ['/metrics-server'] },
    },
    {
      official: 'docker.io',
      repository: 'rancher/local-path-provisioner',
      tag: tags.localPathProvisioner,
      module: 'local-path-provisioner',
      layers: [{ 'usr/bin/local-path-provisioner': await place('local-path-provisioner') }],
      // No entrypoint, as in the official image: whoever gives arguments must name the program, too.
      start: { Cmd: ['/usr/bin/local-path-provisioner'] },
    },
    {
      official: 'docker.io',
      repository: 'library/traefik',
      tag: tags.traefik,
      module: 'traefik',
      layers: [program(await programsOf('traefik'), 'traefik')],
      start: { Entrypoint: ['/usr/local/bin/traefik'] },
    },
    {
      official: 'docker.io',
      repository: 'library/registry',
      tag: tags.registry,
      module: 'registry',
      layers: [
        {
          'bin/registry': await place('registry'),
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
