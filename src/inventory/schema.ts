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
      'needs either before or after',
      'name one phase: { before: PHASE, run: FILE } or { after: PHASE, run: FILE }',
    ),
  })

/** hosts.yaml as an operator writes it. */
export const inventorySchema = z.strictObject({
  cluster: field.dnsLabel.describe(
    'Name of the cluster; also of its directory under .provision/ and in the kubeconfig',
  ),
  ssh: ssh.prefault({}).describe('How to reach the hosts'),
  hosts: z
    .record(field.nodeName, host)
    .refine(
      (hosts) => Object.keys(hosts).length > 0,
      withHint('must name at least one host', 'add NAME: { address: …, role: control-plane }'),
    )
    .describe('Hosts by name; the name becomes the name of the node'),
  kubernetes,
  runtime: z
    .strictObject({
      engine: z
        .enum(['docker', 'none'])
        .default('docker')
        .describe('docker installs Docker Engine; none leaves containerd alone'),
      cri: z
        .enum(['containerd', 'cri-dockerd'])
        .default('containerd')
        .describe('What the kubelet talks to: the containerd Docker runs on, or Docker through cri-dockerd'),
    })
    .prefault({})
    .describe('Container runtime'),
  docker: z
    .strictObject({
      packages: dockerPackages.default('docker').describe("Docker's repository, or the distribution's docker.io"),
      version: dockerVersion
        .optional()
        .describe(
          "Version to install and hold: 29.7.2, or for the newest of a minor its number in quotes. The release's own without it; of the distribution what it has",
        ),
      daemon: dockerDaemon.default({}).describe('Settings of daemon.json, laid over those of provision'),
      logMaxSize: z
        .string()
        .regex(/^\d+[kmg]$/, withHint('is not a size', 'write for example 10m'))
        .default('10m')
        .describe('When a container log is rotated'),
      logMaxFiles: z
        .string()
        .regex(/^[1-9]\d*$/, withHint('must be a number of files', 'write for example "3"'))
        .default('3')
        .describe('How many rotated logs are kept'),
    })
    .prefault({})
    .describe('Docker Engine'),
  containerd: z
    .strictObject({
      version: field.packageVersion.optional().describe("Version to install and hold; the release's own without it"),
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
            .describe('It serves Services too, by IPVS, in the place of kube-proxy; for new clusters'),
          overlay: z
            .enum(['subnet', 'full'])
            .optional()
            .describe(
              'Between which nodes packets of pods are wrapped: those of different subnets (its default), or all, as most clouds need',
            ),
          encapsulation: z
            .enum(['ipip', 'fou'])
            .optional()
            .describe('How they are wrapped: IP in IP (its default), or in UDP, as Azure needs'),
        }),
      }),
      z.strictObject({ manifest: field.path.describe('Manifest, relative to this file') }),
    ])
    .default('kube-router')
    .describe('Pod network: kube-router, { kubeRouter: … } with settings, or { manifest: FILE }'),
  time: z
    .strictObject({
      zone: field.without(zoneMistake).optional().describe('Time zone such as Asia/Shanghai; left alone without it'),
      servers: z
        .array(field.server)
        .min(1, withHint('must name a time server', 'add one, or remove servers for the default'))
        .optional()
        .describe("Time servers. Without it those that the host has, or else pool.ntp.org or the mirror preset's own"),
    })
    .prefault({})
    .describe('Clock'),
  names: z
    .enum(['hosts', 'dns'])
    .default('hosts')
    .describe(
      'hosts writes all node names into /etc/hosts of every node; dns keeps them on the control planes, in the zone CLUSTER.internal',
    ),
  systems: z
    .enum(['known', 'any'])
    .default('known')
    .describe('known refuses hosts whose system this release was not made for; any goes ahead with those nobody tried'),
  firewall,
  selinux: z
    .enum(['leave', 'permissive', 'enforcing'])
    .default('leave')
    .describe(
      'SELinux on hosts of the RHEL family: leave touches nothing; enforcing also has containers labelled, and needs it to be on',
    ),
  swap: z.enum(['off', 'on']).default('off').describe('off turns swap off for good; on leaves it as it is'),
  limits: z
    .strictObject({
      nofile: z.int().min(1024, 'must be at least 1024').default(1048576).describe('Open files a process may have'),
      nproc: z
        .union([z.int().min(1024), z.literal('unlimited')])
        .default('unlimited')
        .describe('Processes a user may have'),
      journalMaxUse: z
        .string()
        .regex(/^\d+[KMGT]?$/, withHint('is not a size', 'write for example 1G'))
        .default('1G')
        .describe('Disk space the journal may take'),
    })
    .prefault({})
    .describe('System limits'),
  timeouts,
  mirrors,
  proxy: proxy.optional(),
  backup: backup.prefault({}).describe('Archives of the cluster'),
  addons,
  helm: helm.optional().describe('Helm on the control planes, and what it installs'),
  completion: z
    .boolean()
    .default(true)
    .describe('Completion of kubectl, kubeadm, crictl, helm and docker for the shells of the control planes'),
  hooks: z.array(hook).default([]).describe('Playbooks of your own before or after a phase'),
})

/** The file with its defaults, before paths and presets are resolved. */
export type InventoryFile = z.output<typeof inventorySchema>
