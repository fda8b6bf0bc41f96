import { parseAllDocuments } from 'yaml'
import { z } from '../../zod.ts'

const containers = z.array(z.looseObject({ image: z.string(), imagePullPolicy: z.string().optional() })).default([])

/** Nodes of Linux, which all are: flannel asks for them so. */
const linux = z.strictObject({
  key: z.literal('kubernetes.io/os'),
  operator: z.literal('In'),
  values: z.array(z.string()).refine((values) => values.includes('linux')),
})
const nodeAffinity = z.looseObject({
  requiredDuringSchedulingIgnoredDuringExecution: z
    .strictObject({ nodeSelectorTerms: z.array(z.strictObject({ matchExpressions: z.array(linux).min(1) })).min(1) })
    .optional(),
})

/** A DaemonSet for every node. One that asks for a login of its own, or for some nodes only, is none. */
const daemonSet = z.looseObject({
  kind: z.literal('DaemonSet'),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        initContainers: containers,
        containers,
        imagePullSecrets: z.array(z.unknown()).max(0).optional(),
        nodeSelector: z.strictObject({ 'kubernetes.io/os': z.literal('linux').optional() }).optional(),
        affinity: z.looseObject({ nodeAffinity: nodeAffinity.optional() }).optional(),
      }),
    }),
  }),
})

/** The images that a manifest has run on every node, as full references. Of what cannot be read: none. */
export function daemonImages(manifest: string): string[] {
  const documents = parseAllDocuments(manifest)
  if (!Array.isArray(documents)) return []
  return documents
    .flatMap((document) => (document.errors.length > 0 ? [] : (daemonSet.safeParse(document.toJS()).data ?? [])))
    .flatMap(({ spec }) => [...spec.template.spec.initContainers, ...spec.template.spec.containers])
    .filter((container) => container.imagePullPolicy !== 'Never')
    .map((container) => fullReference(container.image))
}

/** As containerd and Docker name an image that is written short: `busybox` is docker.io/library/busybox:latest. */
function fullReference(name: string): string {
  const [first = '', ...rest] = name.split('/')
  const registry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const whole = registry ? name : `docker.io/${rest.length > 0 ? '' : 'library/'}${name}`
  return /[:@][^/]*$/.test(whole.replace(/^[^/]*/, '')) ? whole : `${whole}:latest`
}
