import { type Archive, openArchive } from '../../archive/open.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { keepKubeconfig } from '../../state/kubeconfig.ts'
import { type RebuildState, writeRebuildState } from '../../state/rebuild.ts'
import type { Part } from '../../transport/undertaking.ts'
import { readComparison } from '../../views/comparison.ts'
import { keysFor } from '../backup/keys.ts'
import { execute } from '../execute.ts'
import type { GlobalOptions } from '../options.ts'
import { clusterPlaybooks, shippedPlaybook } from '../playbooks.ts'
import { firstAnswer } from '../query.ts'
import { resetPlaybooks } from '../reset.ts'
import { restoreCluster } from '../restoring.ts'
import { known } from '../stages.ts'
import type { Built, RebuildStage } from './call.ts'
import { partOf, silentOf } from './end.ts'
import { without } from './look.ts'
import { part } from './parts.ts'

const command = 'provision rebuild'

/** Builds the cluster: an empty one, the software around a control plane that serves, or control planes from the archive. */
export const build: RebuildStage = async (progress, { whole, found, options }) => {
  const journal = known(progress.journal, 'journal')
  const undertaking = partOf(journal, found)
  const inventory = without(whole, silentOf(found))
  const built =
    journal.kind === 'empty'
      ? await beginAnew(inventory, journal, undertaking, options)
      : journal.kind === 'repair'
        ? await repair(inventory, journal, undertaking, options)
        : await putInPlace(
            inventory,
            journal,
            undertaking,
            progress.archive ?? (await savedArchive(whole, journal)),
            options,
          )
  return { ...progress, built }
}

/** The archive of an earlier call, as whole as it was then. Throws UserError. */
async function savedArchive(inventory: Inventory, state: RebuildState): Promise<Archive> {
  if (state.archive === undefined) throw new TypeError('the rebuild has saved no archive')
  const { file } = state.archive
  const archive = await openArchive(file, await keysFor(inventory, file), inventory.cluster)
  if (archive.sha256 === state.archive.sha256) return archive
  throw new UserError(
    `${state.archive.file} is not the archive of the rebuild that began ${state.begunAt}`,
    'put that archive back, or set another with --from FILE',
  )
}

/** The control planes anew, from the archive. */
function putInPlace(
  inventory: Inventory,
  state: RebuildState,
  undertaking: Part,
  archive: Archive,
  options: GlobalOptions,
): Promise<Built> {
  const around = { before: part('software', inventory, {}), after: part('clean-up', inventory, { rebuild: state.id }) }
  return restoreCluster(inventory, archive, { undertaking, command, ...around }, options)
}

/** The software put right around a control plane that serves, and the objects compared nonetheless. */
async function repair(
  inventory: Inventory,
  state: RebuildState,
  undertaking: Part,
  options: GlobalOptions,
): Promise<Built> {
  const playbooks = [
    ...part('keys', inventory, { rebuild: state.id }),
    ...part('software', inventory, {}),
    ...clusterPlaybooks(inventory),
    shippedPlaybook('restore/compare', { restore: state.id }),
    ...part('clean-up', inventory, { rebuild: state.id }),
  ]
  const work = { command, mode: 'apply' as const, undertaking, inventory, playbooks, selected: inventory.hosts }
  const { summary, outputs } = await execute(work, options)
  const compared = firstAnswer({ outputs }, 'comparison')
  return { exitCode: summary.exitCode, comparison: compared === undefined ? undefined : readComparison(compared) }
}

/** Nothing is kept: hosts as before they were nodes, and then a cluster. */
async function beginAnew(
  inventory: Inventory,
  state: RebuildState,
  undertaking: Part,
  options: GlobalOptions,
): Promise<Built> {
  if (state.stage !== 'cleared') {
    const selected = inventory.hosts.filter((host) => host.state === 'up')
    const aside = part('displace', inventory, { rebuild: state.id })
    const reset = resetPlaybooks(inventory, selected, { packages: false, named: true, removed: true })
    const { summary } = await execute(
      { command, mode: 'apply', undertaking, inventory, playbooks: [...aside, ...reset], selected },
      options,
    )
    if (summary.exitCode !== 0) return { exitCode: summary.exitCode }
    writeRebuildState(inventory, { ...state, stage: 'cleared' })
  }
  const playbooks = [...part('software', inventory, {}), ...clusterPlaybooks(inventory)]
  const { summary, outputs } = await execute(
    { command, mode: 'apply', undertaking, inventory, playbooks, selected: inventory.hosts },
    options,
  )
  keepKubeconfig(inventory, outputs)
  return { exitCode: summary.exitCode }
}
