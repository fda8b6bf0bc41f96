import { objectCount } from '../../archive/manifest.ts'
import { type Archive, openArchive } from '../../archive/open.ts'
import { addNote } from '../../archive/store.ts'
import { entryOf } from '../../entry-of.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { loadInventory } from '../../inventory/load.ts'
import { withVars } from '../../playbook/restrict.ts'
import { shipped } from '../../shipped.ts'
import { formatBytes, plural } from '../../views/style.ts'
import { table } from '../../views/table.ts'
import { z } from '../../zod.ts'
import { execute } from '../execute.ts'
import type { GlobalOptions } from '../options.ts'
import { ownPlaybooks } from '../playbooks.ts'
import { tell } from './keep.ts'
import { keysFor } from './keys.ts'
import { controlPlanes, survey } from './survey.ts'

export interface VerifyOptions {
  readonly identity?: string
  readonly local: boolean
}

/** What the scratch etcd was found to hold; the host's words, never trusted. */
const proofSchema = z.object({
  revision: z.int(),
  etcdHash: z.int(),
  totalKeys: z.int(),
  objects: z.record(z.string(), z.int()),
})

export async function verify(file: string, own: VerifyOptions, options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const archive = await openArchive(file, await keysFor(inventory, file, own.identity), inventory.cluster)
  if (own.local) {
    tell(`${headline(archive)}\n  complete and unaltered; not restored (--local)`, options)
    return 0
  }
  const { exitCode, proof } = await prove(archive, inventory, options)
  if (proof === undefined) return exitCode === 0 ? 1 : exitCode
  const differences = compare(archive, proof)
  if (differences.length === 0) {
    const now = new Date().toISOString()
    await addNote(file, { manifest: archive.manifest, openedAt: now, verifiedAt: now })
    tell(`${headline(archive)}\n  verified: restored, with all object counts as in the archive's manifest`, options)
    return exitCode
  }
  const lines = table(['WHAT', 'ARCHIVE', 'RESTORED'], differences, { right: [1, 2] })
  tell(
    `${headline(archive)}\n  NOT verified: the restored data differs from the archive's manifest\n${lines.join('\n')}`,
    options,
  )
  return 1
}

async function prove(archive: Archive, inventory: Inventory, options: GlobalOptions) {
  const playbook = shipped('playbooks/backup/verify.yaml')
  const answering = await survey(inventory, options)
  // Any that answers will do, and those without an etcd have the least to do.
  const chosen = answering.find((each) => each.etcd === undefined) ?? answering[0]
  if (chosen === undefined)
    throw new UserError('no control plane responds', 'check that they are up: ssh to one of them')
  const directory = `/var/lib/provision/runs/verify-${archive.sha256.slice(0, 16)}`
  const { summary, outputs } = await execute(
    {
      command: `provision backup verify ${archive.file}`,
      mode: 'apply',
      undertaking: 'any',
      inventory,
      playbooks: ownPlaybooks([playbook], inventory).map((one) => withVars(one, { directory })),
      selected: controlPlanes(inventory).filter((host) => host.name === chosen.host),
      uploads: [
        {
          host: chosen.host,
          path: `${directory}/archive.tar`,
          size: archive.size,
          sha256: archive.sha256,
          open: archive.tar,
        },
      ],
    },
    options,
  )
  const text = outputs.get('proof')?.get(chosen.host)
  return { exitCode: summary.exitCode, proof: text === undefined ? undefined : readProof(text) }
}

function readProof(text: string): z.infer<typeof proofSchema> {
  try {
    return proofSchema.parse(JSON.parse(text))
  } catch {
    throw new UserError('the report on the restored archive cannot be parsed', 'run the command again with --verbose')
  }
}

/** What is not as the archive says: what, there, here. Pure. */
export function compare({ manifest }: Pick<Archive, 'manifest'>, proof: z.infer<typeof proofSchema>): string[][] {
  const numbers = (['revision', 'etcdHash', 'totalKeys'] as const).map(
    (key) => [key, manifest[key], proof[key]] as const,
  )
  const kinds = [...new Set([...Object.keys(manifest.objects), ...Object.keys(proof.objects)])].sort()
  const counts = kinds.map(
    (kind) => [kind, entryOf(manifest.objects, kind) ?? 0, entryOf(proof.objects, kind) ?? 0] as const,
  )
  return [...numbers, ...counts].filter(([, there, here]) => there !== here).map((row) => row.map(String))
}

function headline({ file, manifest, size }: Archive): string {
  return [
    `Archive ${file}`,
    `  ${formatBytes(size)}, made on ${manifest.host} at ${manifest.createdAt}: Kubernetes ${manifest.kubernetesVersion}, etcd ${manifest.etcdVersion} at revision ${manifest.revision}`,
    `  ${plural(objectCount(manifest), 'object')} of ${plural(Object.keys(manifest.objects).length, 'kind')}, ${plural(manifest.nodes.length, 'node')}`,
  ].join('\n')
}
