import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'
import * as kubernetesField from '../kubernetes/fields.ts'

const directory = z
  .string()
  .regex(/^\/[A-Za-z0-9._/-]+$/, withHint('must be an absolute path', 'begin it with / and use no blanks'))

const storageClass = field.domain
  .default('local-path')
  .describe('StorageClass of the volume. The class local-path requires the add-on local-path')

const metricsServer = z.strictObject({
  replicas: z
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Number of replicas; with 2, service continues while one restarts'),
})

const localPath = z.strictObject({
  path: directory.default('/opt/local-path-provisioner').describe('Directory on the nodes'),
  default: z.boolean().default(true).describe('Default StorageClass'),
})

const traefik = z.strictObject({
  controlPlanes: z.boolean().default(true).describe('Also on control planes'),
  default: z.boolean().default(true).describe('Default IngressClass'),
  ports: z
    .strictObject({ http: field.port.default(80), https: field.port.default(443) })
    .prefault({})
    .describe('Ports on the nodes'),
  tls: z
    .strictObject({
      certificate: field.path.describe('PEM file with the certificate and its chain, relative to this file'),
      key: secret.describe('Source of its private key, as PEM'),
    })
    .optional()
    .describe('Certificate for names without one in their Ingress. Default: self-signed'),
})

const registry = z.strictObject({
  host: field.domain.optional().describe('Host name in image names. Default: registry.CLUSTER.internal'),
  size: kubernetesField.quantity.default('20Gi').describe('Size of the volume for images'),
  storageClass,
  username: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, withHint('is not a user name', 'write it with letters, digits and . _ -'))
    .default('provision')
    .describe('Login'),
  password: secret.describe('Source of the password'),
})

/** Of a page that traefik leads to. */
const pageHost = z
  .string()
  .refine(
    (text) => field.domain.safeParse(text).success && !isIP(text),
    withHint('must be a DNS name', 'write for example dashboard.example.com'),
  )
  .optional()
  .describe('DNS name of the dashboard, served by the add-on traefik over HTTPS')

const headlamp = z.strictObject({
  admin: z
    .boolean()
    .default(false)
    .describe('Also create an administrator login, for `provision dashboard --admin`. Default: read-only'),
  host: pageHost,
})

const kuboard = z.strictObject({
  password: secret.describe('Source of the initial password of its user admin. Change it later in the dashboard'),
  host: pageHost,
  size: kubernetesField.quantity.default('10Gi').describe('Size of the volume for its data and audit log'),
  storageClass,
})

const amount = z.union([z.number().nonnegative().transform(String), kubernetesField.quantity])
const amounts = z.partialRecord(z.enum(['cpu', 'memory', 'ephemeral-storage']), amount)

const limits = z.strictObject({
  namespaces: z
    .array(field.dnsLabel)
    .min(1, withHint('must list a namespace', 'write for example [default]'))
    .describe('Namespaces. Missing ones are created'),
  requests: amounts.default({ cpu: '100m', memory: '128Mi' }).describe('Default resource requests of containers'),
  limits: amounts.default({ memory: '512Mi' }).describe('Default resource limits of containers'),
  most: amounts.optional().describe('Maximum resource limits of containers'),
  quota: z
    .record(z.string().regex(/^[a-z][a-z0-9./-]*$/, withHint('is not a resource', 'write for example pods')), amount)
    .optional()
    .describe('ResourceQuota of the namespace, such as requests.cpu, pods'),
})

const server = field.serverIP('write an IP address: CoreDNS cannot resolve names for itself')

const coredns = z.strictObject({
  replicas: z.int().min(1).max(100).default(2).describe('Number of replicas, spread over the nodes'),
  resources: z
    .strictObject({
      requests: amounts.default({ cpu: '100m', memory: '70Mi' }).describe('Resource requests of each replica'),
      limits: amounts.default({ memory: '170Mi' }).describe('Resource limits of each replica'),
    })
    .prefault({})
    .describe('Resources of each replica'),
  forwarders: z
    .array(server)
    .max(15)
    .default([])
    .describe('Name servers for names outside the cluster. Default: the resolvers of the nodes'),
  zones: z
    .record(field.domain, z.array(server).min(1, withHint('must list a server', 'write its IP address')))
    .default({})
    .describe('DNS zones and their name servers, such as corp.example: [10.0.0.53]'),
})

/** Settings of add-ons, with their defaults. */
export type CoreDNS = z.output<typeof coredns>
export type Limits = z.output<typeof limits>
export type Registry = z.output<typeof registry>
export type Traefik = z.output<typeof traefik>

/** Schemas of what the inventory may say of each add-on, by its name. */
export const addonSettings = {
  'metrics-server': metricsServer,
  'local-path': localPath,
  traefik,
  registry,
  headlamp,
  kuboard,
  limits,
  coredns,
} as const

/** On with its defaults, off, or on with settings. */
function optional<Settings extends z.ZodType>(settings: Settings) {
  return z.union([z.boolean(), settings]).optional()
}

/** What many ask for and nobody should get. */
function retired(message: string, hint: string) {
  return z.custom<undefined>(() => false, withHint(message, hint)).optional()
}

/** The `addons` section. */
export const addons = z
  .strictObject({
    'metrics-server': optional(metricsServer).describe('CPU and memory of nodes and pods: kubectl top, autoscalers'),
    'local-path': optional(localPath).describe('Volumes on the disks of the nodes'),
    traefik: optional(traefik).describe('Ingress controller on ports 80 and 443 of the nodes'),
    registry: registry.optional().describe('Image registry in the cluster, with TLS and a login'),
    headlamp: optional(headlamp).describe(
      'Dashboard Headlamp; `provision dashboard` opens it and prints a short-lived token',
    ),
    kuboard: kuboard.optional().describe('Dashboard Kuboard v3: { password: prompt }'),
    limits: limits.optional().describe('Default and maximum resources of containers and namespaces'),
    coredns: optional(coredns).describe('Settings of CoreDNS, which is part of every cluster'),
    'kubernetes-dashboard': retired(
      'was archived in January 2026 and receives no security fixes',
      'write headlamp: true',
    ),
    'ingress-nginx': retired('was retired in March 2026 and receives no security fixes', 'write traefik: true'),
  })
  .prefault({})
  .describe('Add-ons')
