import { parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'
import { raw, sh } from '../shell/quote.ts'
import { templateName } from './fields.ts'
import { defineModule } from './module.ts'

/** As much of a Kubernetes object as is asked for here. */
interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
}

/** One add-on: its objects applied server-side, and those of its former self taken away. */
export const addon = defineModule({
  name: 'addon',
  summary: 'An add-on of the cluster as its manifest says; what it was made of before and no longer is goes.',
  schema: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label')
      .describe('Under which the cluster notes what it is made of'),
    version: z.string().describe('What `provision addons` shows'),
    manifest: templateName.describe('EJS template of its objects, in the order in which they are applied'),
  }),
  timeout: 600,
  library: 'addons',
  compile({ name, version, manifest }, context) {
    const objects = objectsOf(context.render(manifest)).map((object) => labelled(object, name))
    const content = objects.map((object) => stringify(object)).join('---\n')
    const list = objects.map(lineOf).join('\n')
    const print = raw(`${context.id}_content`)
    return {
      content,
      check: sh`addon_is ${name} ${version} ${list} ${print}`,
      apply: sh`apply_addon ${name} ${version} ${list} ${print}`,
      diff: context.isSecret(content) ? undefined : sh`addon_diff ${name} ${list} ${print}`,
    }
  },
})

function objectsOf(manifest: string): KubernetesObject[] {
  const documents = parseAllDocuments(manifest)
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    return document.contents === null ? [] : [document.toJS() as KubernetesObject]
  })
}

/** Before it deletes one, `removedAddons` looks whether it still is ours. */
function labelled(object: KubernetesObject, name: string): KubernetesObject {
  const labels = { ...object.metadata.labels, 'app.kubernetes.io/managed-by': 'provision', 'provision/addon': name }
  return { ...object, metadata: { ...object.metadata, labels } }
}

/** `Deployment.v1.apps NAMESPACE NAME`: the type as kubectl takes it, whatever else is called so. */
function lineOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return `${kind}.${version}.${group} ${metadata.namespace ?? '-'} ${metadata.name}`
}
