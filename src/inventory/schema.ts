import { withHint } from '../yaml/explain.ts'
import { z } from '../zod.ts'
import { addons } from './addons/schema.ts'
import { backup } from './backup/schema.ts'
import { dockerDaemon } from './docker/schema.ts'
import * as field from './fields.ts'
import { firewall } from './firewall/schema.ts'
import { helm } from './helm/schema.ts'
import { dockerPackages, dockerVersion } from './hosts/runtime-schema.ts'
import { host, ssh } from './hosts/schema.ts'
import { kubernetes } from './kubernetes/schema.ts'
import { mirrors, registries } from './mirrors/schema.ts'
import { proxy } from './proxy/schema.ts'
import { timeouts } from './timeouts/schema.ts'
import { zoneMistake } from './zones.ts'

const hook = z
  .strictObject({
    before: z.string().optional().describe('Id of the phase to run before'),
    after: z.string().optional().describe('Id of the phase to run after'),
    run: field.path.describe('Playbook, relative to this file'),
  })
  .refine((one) => (one.before === undefined) !== (one.after === undefined), {
    message: withHint(
      'requires either before or after',
      'set one phase: { before: PHASE, run: FILE } or { after: PHASE, run: FILE }',
    ),
  })

/** hosts.yaml as an operator writes it. */
export const inventorySchema = z.strictObject({
  cluster: field.dnsLabel.describe(
    'Name of the cluster; also of its directory under .provision/ and in the kubeconfig',
  ),
  ssh: ssh.prefault({}).describe('Connection to the hosts'),
  hosts: z
    .record(field.nodeName, host)
    .refine(
      (hosts) => Object.keys(hosts).length > 0,
      withHint('must list at least one host', 'add NAME: { address: …, role: control-plane }'),
    )
    .describe('Hosts by name; the name becomes the name of the node'),
  kubernetes,
  runtime: z
    .strictObject({
      engine: z
        .enum(['docker', 'none'])
        .default('docker')
        .describe('docker: install Docker Engine; none: containerd only'),
      cri: z
        .enum(['containerd', 'cri-dockerd'])
        .default('containerd')
        .describe('Container runtime of the kubelet: the containerd of Docker, or Docker through cri-dockerd'),
    })
    .prefault({})
    .describe('Container runtime'),
  docker: z
    .strictObject({
      packages: dockerPackages.default('docker').describe("Docker's repository, or docker.io of the distribution"),
      version: dockerVersion
        .optional()
        .describe(
          'Version to install and hold: 29.7.2, or a minor in quotes for its newest. Default: the version of this release, or of the distribution',
        ),
      daemon: dockerDaemon.default({}).describe('Settings of daemon.json, merged over those of provision'),
      logMaxSize: z
        .string()
        .regex(/^\d+[kmg]$/, withHint('is not a size', 'write for example 10m'))
        .default('10m')
        .describe('Size of a container log before rotation'),
      logMaxFiles: z
        .string()
        .regex(/^[1-9]\d*$/, withHint('must be a number of files', 'write for example "3"'))
        .default('3')
        .describe('Number of rotated logs to keep'),
    })
    .prefault({})
    .describe('Docker Engine'),
  containerd: z
    .strictObject({
      version: field.packageVersion
        .optional()
        .describe('Version to install and hold. Default: the version of this release'),
    })
    .prefault({})
    .describe('containerd'),
  registries,
  network: z
    .union([
      z.literal('kube-router'),
      z.strictObject({
        kubeRouter: z.strictObject({
          serviceProxy: z
            .boolean()
            .default(false)
            .describe('Replaces kube-proxy and serves Services by IPVS; for new clusters'),
          overlay: z
            .enum(['subnet', 'full'])
            .optional()
            .describe(
              'Nodes between which pod packets are encapsulated: those in different subnets (default), or all, as most clouds require',
            ),
          encapsulation: z
            .enum(['ipip', 'fou'])
            .optional()
            .describe('Encapsulation: IP in IP (default), or UDP, as Azure requires'),
        }),
      }),
      z.strictObject({ manifest: field.path.describe('Manifest, relative to this file') }),
    ])
    .default('kube-router')
    .describe('Pod network: kube-router, { kubeRouter: … } with settings, or { manifest: FILE }'),
  time: z
    .strictObject({
      zone: field.without(zoneMistake).optional().describe('Time zone such as Asia/Shanghai. Default: unchanged'),
      servers: z
        .array(field.server)
        .min(1, withHint('must list a time server', 'add one, or remove servers for the default'))
        .optional()
        .describe('Time servers. Default: those of the host, else of the mirror preset or pool.ntp.org'),
    })
    .prefault({})
    .describe('Clock'),
  names: z
    .enum(['hosts', 'dns'])
    .default('hosts')
    .describe(
      'hosts: all node names in /etc/hosts of every node; dns: name servers on the control planes, zone CLUSTER.internal',
    ),
  systems: z
    .enum(['known', 'any'])
    .default('known')
    .describe('known: reject hosts with a system that this release does not know; any: accept untested systems'),
  firewall,
  selinux: z
    .enum(['leave', 'permissive', 'enforcing'])
    .default('leave')
    .describe(
      'SELinux on the RHEL family. leave: change nothing; enforcing: also label containers, requires enabled SELinux',
    ),
  swap: z.enum(['off', 'on']).default('off').describe('off: disable swap permanently; on: leave it unchanged'),
  limits: z
    .strictObject({
      nofile: z
        .int()
        .min(1024, 'must be at least 1024')
        .default(1048576)
        .describe('Maximum number of open files per process'),
      nproc: z
        .union([z.int().min(1024), z.literal('unlimited')])
        .default('unlimited')
        .describe('Maximum number of processes per user'),
      journalMaxUse: z
        .string()
        .regex(/^\d+[KMGT]?$/, withHint('is not a size', 'write for example 1G'))
        .default('1G')
        .describe('Maximum disk space of the journal'),
    })
    .prefault({})
    .describe('System limits'),
  timeouts,
  mirrors,
  proxy: proxy.optional(),
  backup: backup.prefault({}).describe('Backups of the cluster'),
  addons,
  helm: helm.optional().describe('Helm on the control planes, and its releases'),
  completion: z
    .boolean()
    .default(true)
    .describe('Shell completion for kubectl, kubeadm, crictl, helm and docker on the control planes'),
  hooks: z.array(hook).default([]).describe('Your own playbooks, before or after a phase'),
})

/** The file with its defaults, before paths and presets are resolved. */
export type InventoryFile = z.output<typeof inventorySchema>
