import { parseAllDocuments, stringify } from 'yaml'
import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { addonName, templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** As much of a Kubernetes object as is asked for here. */
interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

/** One add-on: its objects applied server-side, and those of its former self taken away. */
export const addon = defineModule({
  name: 'addon',
  summary: 'Applies the manifest of an add-on. Objects that the manifest no longer has are deleted.',
  schema: z.strictObject({
    name: addonName.describe('Under which the cluster notes what it is made of'),
    version: z.string().describe('What `provision addons` shows'),
    manifest: templateName.describe('EJS template of its objects, in the order in which they are applied'),
  }),
  timeout: 600,
  library: 'addons',
  compile({ name, version, manifest }, context) {
    const objects = objectsOf(context.render(manifest))
    const list = objects.filter((object) => !ofOthers(object)).map(lineOf)
    const made = [...objects, noteOf(name, version, list)].map((object) =>
      ofOthers(object) ? unmarked(object) : labelled(object, name),
    )
    const content = made.map((object) => stringify(object)).join('---\n')
    const print = `${context.id}_content`
    const words = sh`${name} ${list.join('\n')} ${print}`
    return {
      content,
      prefetch: { manifests: [print] },
      check: sh`manifests_are_same || manifest_is ${print}`,
      apply: sh`apply_addon ${raw(words)}`,
      diff: context.isSecret(content) ? undefined : sh`addon_diff ${raw(words)}`,
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

const mark = 'provision/theirs'

/** Somebody else's, or for others too: of it we set what the manifest says, and never delete it. */
function ofOthers({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[mark] === 'true'
}

function unmarked(object: KubernetesObject): KubernetesObject {
  const { annotations: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Before it deletes one, `removedAddons` looks whether it still is ours. */
function labelled(object: KubernetesObject, name: string): KubernetesObject {
  const labels = { ...object.metadata.labels, 'app.kubernetes.io/managed-by': 'provision', 'provision/addon': name }
  return { ...object, metadata: { ...object.metadata, labels } }
}

/** What `removedAddons` and the next run go by. */
function noteOf(name: string, version: string, list: readonly string[]) {
  const metadata = { name: `provision-addon-${name}`, namespace: 'kube-system' }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version, objects: list.join('\n') } }
}

/** `Deployment.v1.apps NAMESPACE NAME`: the type as kubectl takes it, whatever else is called so. */
function lineOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return `${kind}.${version}.${group} ${metadata.namespace ?? '-'} ${metadata.name}`
}
