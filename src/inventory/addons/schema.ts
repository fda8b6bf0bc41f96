import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'

const directory = z
  .string()
  .regex(/^\/[A-Za-z0-9._/-]+$/, withHint('must be an absolute path', 'begin it with /, without blanks'))

const storageClass = field.domain
  .default('local-path')
  .describe('Class of the volume; local-path has to be an add-on, too')

const metricsServer = z.strictObject({
  replicas: z.int().min(1).max(5).default(1).describe('How many of it; 2 goes on while one restarts'),
})

const localPath = z.strictObject({
  path: directory.default('/opt/local-path-provisioner').describe('Directory on the nodes'),
  default: z.boolean().default(true).describe('Claims that name no class get it'),
})

const traefik = z.strictObject({
  controlPlanes: z.boolean().default(true).describe('Also on control planes'),
  default: z.boolean().default(true).describe('Ingresses that name no class get it'),
  ports: z
    .strictObject({ http: field.port.default(80), https: field.port.default(443) })
    .prefault({})
    .describe('Ports of the nodes'),
  tls: z
    .strictObject({
      certificate: field.path.describe('PEM file with the certificate and its chain, relative to this file'),
      key: secret.describe('Where its private key comes from, as PEM'),
    })
    .optional()
    .describe('Certificate for names that no Ingress has one for; self-signed without it'),
})

const registry = z.strictObject({
  host: field.domain.optional().describe('Name that images begin with; registry.CLUSTER.internal without it'),
  size: field.quantity.default('20Gi').describe('Room for images'),
  storageClass,
  username: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, withHint('is not a user name', 'write it with letters, digits and . _ -'))
    .default('provision')
    .describe('Login'),
  password: secret.describe('Where the password of the login comes from'),
})

/** Of a page that traefik leads to. */
const pageHost = z
  .string()
  .refine(
    (text) => field.domain.safeParse(text).success && !isIP(text),
    withHint('must be a DNS name', 'write for example dashboard.example.com'),
  )
  .optional()
  .describe('Name at which traefik, which has to be an add-on too, lets browsers in by HTTPS')

const headlamp = z.strictObject({
  admin: z
    .boolean()
    .default(false)
    .describe('Also a login that may do everything, for `provision dashboard --admin`; without it all only read'),
  host: pageHost,
})

const kuboard = z.strictObject({
  password: secret.describe(
    'Where the first password of its user admin comes from; later ones are given in its own page',
  ),
  host: pageHost,
  size: field.quantity.default('10Gi').describe('Room for its store and its audit log'),
  storageClass,
})

const amount = z.union([z.number().nonnegative().transform(String), field.quantity])
const amounts = z.partialRecord(z.enum(['cpu', 'memory', 'ephemeral-storage']), amount)

const limits = z.strictObject({
  namespaces: z
    .array(field.dnsLabel)
    .min(1, withHint('must name a namespace', 'write for example [default]'))
    .describe('For which namespaces; they are made where they are not there'),
  requests: amounts.default({ cpu: '100m', memory: '128Mi' }).describe('What a container asks for that does not say'),
  limits: amounts.default({ memory: '512Mi' }).describe('What a container may use that does not say'),
  most: amounts.optional().describe('What a container may at most say'),
  quota: z
    .record(z.string().regex(/^[a-z][a-z0-9./-]*$/, withHint('is not a resource', 'write for example pods')), amount)
    .optional()
    .describe('ResourceQuota: what all of a namespace may use together, such as requests.cpu, pods'),
})

const server = field.serverIP('CoreDNS is what finds names, so it cannot be told one')

const coredns = z.strictObject({
  replicas: z.int().min(1).max(100).default(2).describe('How many of it, spread over the nodes'),
  resources: z
    .strictObject({
      requests: amounts.default({ cpu: '100m', memory: '70Mi' }).describe('Kept for each'),
      limits: amounts.default({ memory: '170Mi' }).describe('What each may use'),
    })
    .prefault({})
    .describe('Of each'),
  forwarders: z
    .array(server)
    .max(15)
    .default([])
    .describe("Servers for names outside the cluster; the nodes' own resolvers without it"),
  zones: z
    .record(field.domain, z.array(server).min(1, withHint('must name a server', 'write its IP address')))
    .default({})
    .describe('Zones and their servers, such as corp.example: [10.0.0.53]'),
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
      'Dashboard Headlamp; `provision dashboard` prints where it is and a short-lived login',
    ),
    kuboard: kuboard.optional().describe('Dashboard Kuboard v3, for those who are used to it: { password: prompt }'),
    limits: limits.optional().describe('Defaults and bounds of what containers and namespaces may use'),
    coredns: optional(coredns).describe('CoreDNS, which every cluster has, with other settings'),
    'kubernetes-dashboard': retired('was archived in January 2026 and gets no security fixes', 'write headlamp: true'),
    'ingress-nginx': retired('was retired in March 2026 and gets no security fixes', 'write traefik: true'),
  })
  .prefault({})
  .describe('What the cluster has beside Kubernetes itself')
