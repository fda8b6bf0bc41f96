import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { objectCount } from '../archive/manifest.ts'
import { type Archive, openArchive } from '../archive/open.ts'
import { catalogue } from '../catalogue/load.ts'
import { UserError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { confirmCluster } from '../report/ask.ts'
import { type Comparison, comparisonText, isWhole } from '../report/comparison.ts'
import { styleFor } from '../report/style.ts'
import { err, out } from '../screen.ts'
import { keysFor } from './backup/keys.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'
import { type Look, readLook, refuseControlPlanes, refuseOtherVersions } from './restore-checks.ts'
import {
  forgetRestoreState,
  newRestoreId,
  type RestoreState,
  readRestoreState,
  writeRestoreState,
} from './restore-state.ts'
import { restoreCluster } from './restoring.ts'

interface RestoreOptions {
  readonly identity?: string
  readonly force: boolean
}

const lookPlaybook = fileURLToPath(new URL('../../playbooks/restore/look.yaml', import.meta.url))

/** A cluster out of an archive, on whatever hosts the inventory names. */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .argument('<file>', 'archive that `provision backup` made')
    .option('--identity <file>', 'file with the secret key that opens it, in place of backup.identity')
    .option('--force', 'also where the cluster lives: it is taken back to when the archive was made', false)
    .summary('make the cluster out of an archive, on new hosts or on what is left of it')
    .description(
      'Proves the archive, puts its CAs and its etcd data on the first control plane, and has all hosts converge. What is ' +
        'there of control planes is moved aside, not deleted. Ends with a comparison of the objects of before with those ' +
        'that are there. Killed anywhere, the same command again goes on. Asks for the name of the cluster, or takes --yes.',
    )
    .action(async (file: string, own: RestoreOptions, command: Command) => {
      process.exitCode = await restore(resolve(file), own, command.optsWithGlobals<GlobalOptions>())
    })
}

async function restore(file: string, own: RestoreOptions, options: GlobalOptions): Promise<number> {
  if (options.limit !== undefined) {
    throw new UserError('restore and --limit do not go together', 'all hosts take part; state: down leaves one out')
  }
  const inventory = loadInventory(options.inventory)
  const archive = await openArchive(file, await keysFor(inventory, file, own.identity), inventory.cluster)
  refuseOtherVersions(archive.manifest, inventory, catalogue)
  const state = await begin(inventory, archive, own.force, options)
  const { exitCode, comparison } = await restoreCluster(
    inventory,
    archive,
    { id: state.id, command: `provision restore ${file}` },
    options,
  )
  if (exitCode === 0) forgetRestoreState(inventory)
  if (comparison === undefined) return exitCode === 0 ? 1 : exitCode
  tell(comparison, options)
  return exitCode === 0 && !isWhole(comparison) ? 1 : exitCode
}

/** Notes the restore that is to be, or takes up the one of this archive that was cut off. Throws UserError. */
async function begin(
  inventory: Inventory,
  archive: Archive,
  force: boolean,
  options: GlobalOptions,
): Promise<RestoreState> {
  const before = readRestoreState(inventory)
  if (before?.sha256 === archive.sha256) {
    err.write(`Going on with the restore that was begun ${before.begun}\n`)
    return before
  }
  const looks = await look(inventory, options)
  refuseControlPlanes(inventory, looks, force)
  await confirmCluster(inventory.cluster, deedOf(inventory, archive, looks), options.yes)
  const now = new Date()
  const state: RestoreState = {
    id: newRestoreId(archive.sha256, now),
    sha256: archive.sha256,
    archive: archive.file,
    begun: now.toISOString(),
  }
  writeRestoreState(inventory, state)
  return state
}

/** Asks the control planes what they have. */
async function look(inventory: Inventory, options: GlobalOptions): Promise<ReadonlyMap<string, Look>> {
  const work = {
    command: 'provision restore',
    mode: 'apply' as const,
    observe: true,
    inventory,
    playbooks: ownPlaybooks([lookPlaybook], inventory),
    selected: inventory.hosts.filter((host) => host.role === 'control-plane'),
  }
  const { outputs } = await execute(work, options)
  return new Map([...(outputs.get('look') ?? [])].map(([host, text]) => [host, readLook(text)]))
}

/** What is about to be done, for the operator to agree to. */
function deedOf(inventory: Inventory, { file, manifest }: Archive, looks: ReadonlyMap<string, Look>): string {
  const names = inventory.hosts.filter((host) => host.state === 'up').map((host) => host.name)
  const aside = [...looks].flatMap(([host, { data }]) =>
    data === undefined ? [] : [`${host} (${data} of etcd's data)`],
  )
  return [
    `Restoring ${inventory.cluster} from ${file}: as of ${manifest.createdAt}, ${objectCount(manifest)} objects, onto ${names.join(', ')}`,
    ...(aside.length > 0 ? [`What is there is moved aside: ${aside.join(', ')}`] : []),
  ].join('\n')
}

/** For people; beside the events where a program reads those. */
function tell(comparison: Comparison, options: GlobalOptions): void {
  const stream = options.output === 'json' ? err : out
  stream.write(`\n${comparisonText(comparison, styleFor(stream))}\n`)
}
