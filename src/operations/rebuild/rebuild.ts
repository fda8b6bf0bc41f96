import { randomBytes } from 'node:crypto'
import { type Archive, openArchive } from '../../archive/open.ts'
import { catalogue } from '../../catalogue/load.ts'
import { UserError } from '../../errors.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import { loadInventory } from '../../inventory/load.ts'
import { findingsText, intentionText, sourceText } from '../../rebuild/account.ts'
import { runningOn } from '../../rebuild/containers.ts'
import { type Diagnosis, diagnose, type Found, type Source, type Wishes } from '../../rebuild/diagnose.ts'
import { type Begun, changesSince, othersOn, worldOf } from '../../rebuild/world.ts'
import { statePaths } from '../../state/paths.ts'
import { type RebuildState, readRebuildState, writeRebuildState } from '../../state/rebuild.ts'
import { confirmCluster } from '../../views/ask.ts'
import { styleFor } from '../../views/style.ts'
import { keysFor } from '../backup/keys.ts'
import { refuseDoubts, showBegun } from '../doubts.ts'
import { operatorName } from '../operator.ts'
import { type GlobalOptions, refuseLimit } from '../options.ts'
import { say, streamOf } from '../output.ts'
import { refuseOtherVersions } from '../restore-checks.ts'
import { ofRebuild, refuseUnfinished } from '../unfinished.ts'
import { endRebuild, finish, partOf } from './finish.ts'
import { archivesOf, look, without } from './look.ts'
import { NotSaved, saveCluster } from './save.ts'
import { secretsOf } from './secrets.ts'

export async function rebuild(wishes: Wishes, options: GlobalOptions): Promise<number> {
  refuseWishes(wishes, options)
  const whole = loadInventory(options.inventory)
  await refuseUnfinished(whole, 'rebuild')
  const directory = statePaths(whole).rebuilds
  const earlier = readRebuildState(whole)
  const found = await look(whole, options)
  const now = Date.now()
  if (earlier?.stage !== undefined && earlier.stage !== 'saving' && goesOn(earlier, wishes)) {
    await agreeToGoOn(earlier, found, wishes, whole, options)
    return finish(whole, earlier, found, options)
  }
  const diagnosis = diagnose(found, await archivesOf(whole), wishesOf(wishes, earlier), now)
  const style = styleFor(streamOf(options))
  say(options, findingsText(diagnosis, style))
  const nothingToDo = diagnosis.state === 'well' || diagnosis.state === 'alive'
  const others = othersOn(found, earlier?.id)
  if (nothingToDo && earlier !== undefined) await endRebuild(whole, earlier, found, options)
  else if (earlier?.stage === 'saving')
    say(options, `\nThe rebuild that began ${earlier.begunAt} was interrupted before it saved data: starting over`)
  if (others.lines.length > 0) say(options, `\nUnfinished on the hosts\n  ${others.lines.join('\n  ')}`)
  if (nothingToDo) return leaveAlone(diagnosis, options)
  const inventory = without(whole, diagnosis.leftOut)
  const intention = intentionText(diagnosis, directory, now)
  say(options, `\n${intention}\n`)
  const { source } = diagnosis
  const given =
    source.kind === 'archive'
      ? await openArchive(source.file, await keysFor(whole, source.file), whole.cluster)
      : undefined
  if (given !== undefined) {
    refuseOtherVersions(given.manifest, whole, catalogue)
    refuseOtherAge(given, source)
  }
  const secrets = source.kind === 'live' || source.kind === 'rest' ? await secretsOf(whole) : undefined
  refuseDoubts(others.lines, 'rebuild', wishes.force === true, options)
  await confirmCluster(
    whole.cluster,
    `Rebuilding ${whole.cluster} from ${sourceText(diagnosis.source, now)}`,
    options.yes,
  )
  const begun = begin(diagnosis, found, earlier, now)
  writeRebuildState(whole, begun)
  let archive = given
  try {
    if (secrets !== undefined) {
      const undertaking = partOf(begun, found)
      archive = await saveCluster(
        { inventory, diagnosis, found, id: begun.id, undertaking, directory, ...secrets },
        options,
      )
    }
  } catch (error) {
    if (error instanceof NotSaved) say(options, `\n${error.message}. No changes were made.`)
    if (await endRebuild(whole, begun, found, options)) say(options, 'Stopped components were restarted.')
    if (error instanceof NotSaved) return 1
    throw error
  }
  const kept = archive && { archive: { file: archive.file, sha256: archive.sha256 } }
  const saved: RebuildState = { ...begun, stage: 'saved', ...kept }
  writeRebuildState(whole, saved)
  if (archive !== undefined) say(options, `\nSaved and verified: ${archive.file}\n`)
  return finish(whole, saved, found, options, archive)
}

/** Shows what was begun and what has become of the hosts since, and asks. Throws UserError and LockedError. */
async function agreeToGoOn(
  earlier: RebuildState,
  found: readonly Found[],
  wishes: Wishes,
  whole: Inventory,
  options: GlobalOptions,
): Promise<void> {
  const begun = begunOf(earlier)
  const changes = earlier.stage === 'cleared' ? [] : changesSince(begun, found)
  const doubts = showBegun(begun, changes, found, othersOn(found, earlier.id).lines, options)
  const from = earlier.archive?.file ?? earlier.from
  say(options, `Continuing the rebuild that began ${earlier.begunAt}, from ${from}`)
  // A repair destroys nothing: it is a run as any other, and a comparison.
  if (earlier.kind === 'repair' && doubts.length === 0) return
  const clears = earlier.kind === 'empty' && earlier.stage === 'saved'
  refuseDoubts(doubts, 'rebuild', wishes.force === true, options)
  if (options.yes && clears && !wishes.empty)
    throw new UserError(
      'the unfinished rebuild resets all hosts, and --yes alone does not confirm that',
      'run `provision rebuild --empty --yes` to continue it, or `provision rebuild --abandon` to give it up',
    )
  const deed = clears
    ? `Resetting all hosts of ${whole.cluster}: all data of the cluster is lost`
    : `Continuing the rebuild of ${whole.cluster} from ${from}`
  await confirmCluster(whole.cluster, deed, options.yes)
}

/** The rebuild of a journal, with what it was about. */
function begunOf(state: RebuildState): Begun {
  // An archive that was named may be of a cluster before; the one that a rebuild saved bears its id.
  const keepsCA = state.kind !== 'rebuild' || state.archive?.file.includes(state.id) === true
  return { ...ofRebuild(state), world: state.world, keepsCA, clears: state.kind === 'empty' }
}

/** What was shown of the archive's age is its name's word where it was not opened yet. Throws UserError. */
function refuseOtherAge({ file, manifest }: Archive, source: Source): void {
  if (source.kind !== 'archive' || source.at === undefined) return
  if (Math.abs(Date.parse(manifest.createdAt) - source.at) < 3_600_000) return
  throw new UserError(
    `${file} was made at ${manifest.createdAt}, and its name says ${new Date(source.at).toISOString()}`,
    'list archives with provision backup list, and set the one to use: --from FILE',
  )
}

function refuseWishes(wishes: Wishes, options: GlobalOptions): void {
  refuseLimit('rebuild', options, 'remove --limit: all hosts take part; state: down skips a host')
  if (wishes.empty && wishes.from !== undefined)
    throw new UserError('--empty cannot be used with --from', 'omit --empty to rebuild from the archive')
}

/** Whether what the operator wants now is what was begun. */
function goesOn(earlier: RebuildState, wishes: Wishes): boolean {
  if (wishes.from !== undefined) return earlier.archive?.file === wishes.from
  return wishes.empty ? earlier.kind === 'empty' : true
}

/** A rebuild that was forced and cut off before it had saved anything is still to be one. */
function wishesOf(wishes: Wishes, earlier: RebuildState | undefined): Wishes {
  const unfinished = earlier?.stage === 'saving'
  return { ...wishes, force: wishes.force || (unfinished && earlier.kind === 'rebuild') }
}

function leaveAlone(diagnosis: Diagnosis, options: GlobalOptions): number {
  if (diagnosis.state === 'well') {
    say(options, 'The cluster is healthy; no rebuild needed. --force rebuilds anyway.')
    return 0
  }
  say(
    options,
    '\nThe control plane is healthy; no rebuild needed. `provision` repairs drift; ' +
      '`provision status` lists problems; --force rebuilds anyway.',
  )
  return 1
}

/** What is noted before anything is touched. Containers of before are those of the first attempt. */
function begin(
  diagnosis: Diagnosis,
  found: readonly Found[],
  earlier: RebuildState | undefined,
  now: number,
): RebuildState {
  const begunAt = new Date(now).toISOString()
  const stamp = begunAt.replace(/[-:]/g, '').replace(/\..*/, '').replace('T', '-')
  const kind = diagnosis.source.kind === 'none' ? 'empty' : diagnosis.state === 'repair' ? 'repair' : 'rebuild'
  return {
    format: 1,
    // One that had saved nothing starts over under its name, which what stands still on hosts is kept by.
    id: earlier?.stage === 'saving' ? earlier.id : `${stamp}-${randomBytes(2).toString('hex')}`,
    begunAt,
    by: operatorName(),
    world: worldOf(found),
    kind,
    stage: 'saving',
    from: sourceText(diagnosis.source, now),
    before: { ...runningOn(found), ...(earlier?.stage === 'saving' ? earlier.before : {}) },
  }
}
