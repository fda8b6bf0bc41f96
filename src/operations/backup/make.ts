import { beginSealing } from '../../archive/encrypted-file.ts'
import type { Lock } from '../../archive/encryption-keys.ts'
import { objectCount } from '../../archive/manifest.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { loadInventory } from '../../inventory/load.ts'
import { shipped } from '../../shipped.ts'
import { formatBytes, plural } from '../../views/style.ts'
import { execute } from '../execute.ts'
import { type GlobalOptions, refuseLimit } from '../options.ts'
import { ownPlaybooks } from '../playbooks.ts'
import { refuseUnfinished } from '../unfinished.ts'
import { type Kept, keepArchive, prune, tell } from './keep.ts'
import { lockFor } from './keys.ts'
import { chooseMember, controlPlanes, survey } from './survey.ts'

/** `provision backup` itself. Returns the exit code. Throws UserError. */
export async function makeBackup(options: GlobalOptions): Promise<number> {
  refuseLimit('backup', options, 'remove --limit: provision selects a healthy control plane')
  const inventory = loadInventory(options.inventory, 'reach')
  // What stands there for the moment would push out archives that are still needed.
  await refuseUnfinished(inventory)
  const lock = await lockFor(inventory)
  const chosen = chooseMember(await survey(inventory, options))
  if (chosen === undefined)
    throw new UserError(
      'no reachable control plane has a running etcd',
      'run provision status; if etcd is broken, run provision rebuild',
    )
  const { exitCode, kept } = await archiveFrom(chosen.host, inventory, lock, options)
  if (kept === undefined) return exitCode === 0 ? 1 : exitCode
  await prune(inventory, options)
  return exitCode
}

/** Makes an archive on this control plane and keeps it here. */
export async function archiveFrom(
  host: string,
  inventory: Inventory,
  lock: Lock,
  options: GlobalOptions,
): Promise<{ exitCode: number; kept?: Kept }> {
  const playbook = shipped('playbooks/backup/make.yaml')
  const sealing = await beginSealing(lock)
  let kept: Kept | undefined
  const { summary } = await execute(
    {
      command: 'provision backup',
      mode: 'apply',
      inventory,
      playbooks: ownPlaybooks([playbook], inventory),
      selected: controlPlanes(inventory).filter((each) => each.name === host),
      onFile: async (file) => {
        kept = await keepArchive(file, inventory, sealing, new Date())
      },
    },
    options,
  )
  if (kept) tell(keptText(kept), options)
  return { exitCode: summary.exitCode, ...(kept ? { kept } : {}) }
}

function keptText({ file, size, manifest }: Kept): string {
  const kinds = plural(Object.keys(manifest.objects).length, 'kind')
  return [
    `Archive ${file}`,
    `  ${formatBytes(size)}; etcd ${manifest.etcdVersion} at revision ${manifest.revision}: ${plural(objectCount(manifest), 'object')} of ${kinds}, ${plural(manifest.nodes.length, 'node')}`,
    `  Kubernetes ${manifest.kubernetesVersion}, made on ${manifest.host} at ${manifest.createdAt}; test it with provision backup verify`,
  ].join('\n')
}
