import { randomBytes } from 'node:crypto'
import { type Archive, openArchive } from '../../archive/open.ts'
import { catalogue } from '../../catalogue/load.ts'
import { UserError } from '../../errors.ts'
import { findingsText, intentionText, sourceText } from '../../rebuild/account.ts'
import { runningOn } from '../../rebuild/containers.ts'
import { type Diagnosis, diagnose, type Source, type Wishes } from '../../rebuild/diagnose.ts'
import { type Begun, changesSince, othersOn, worldOf } from '../../rebuild/world.ts'
import { stampOf } from '../../stamp.ts'
import { statePaths } from '../../state/paths.ts'
import { type RebuildState, writeRebuildState } from '../../state/rebuild.ts'
import { confirmCluster } from '../../views/ask.ts'
import { styleFor } from '../../views/style.ts'
import { keysFor } from '../backup/keys.ts'
import { refuseDoubts, showBegun } from '../doubts.ts'
import { operatorName } from '../operator.ts'
import type { GlobalOptions } from '../options.ts'
import { say, streamOf } from '../output.ts'
import { refuseOtherVersions } from '../restore-checks.ts'
import { known } from '../stages.ts'
import { ofRebuild } from '../unfinished.ts'
import type { RebuildCall, RebuildStage } from './call.ts'
import { endRebuild } from './end.ts'
import { archivesOf } from './look.ts'
import { secretsOf } from './secrets.ts'

/** Continues the rebuild that an earlier call left once its data was saved. Asks. Throws UserError and LockedError. */
export const resume: RebuildStage = async (progress, call) => {
  const { earlier, wishes } = call
  if (earlier === undefined || earlier.stage === 'saving' || !goesOn(earlier, wishes)) return progress
  await agreeToGoOn(earlier, call)
  return { ...progress, journal: earlier }
}

/** Shows what is wrong with the cluster, and ends the call where no rebuild is needed. */
export const judge: RebuildStage = async (progress, { whole, earlier, found, wishes, options, now }) => {
  if (progress.journal !== undefined) return progress
  const diagnosis = diagnose(found, await archivesOf(whole), wishesOf(wishes, earlier), now)
  say(options, findingsText(diagnosis, styleFor(streamOf(options))))
  const nothingToDo = diagnosis.state === 'well' || diagnosis.state === 'alive'
  const others = othersOn(found, earlier?.id)
  if (nothingToDo && earlier !== undefined) await endRebuild(whole, earlier, found, options)
  else if (earlier?.stage === 'saving')
    say(options, `\nThe rebuild that began ${earlier.begunAt} was interrupted before it saved data: starting over`)
  if (others.lines.length > 0) say(options, `\nUnfinished on the hosts\n  ${others.lines.join('\n  ')}`)
  return nothingToDo ? { ...progress, exitCode: leaveAlone(diagnosis, options) } : { ...progress, diagnosis }
}

/** Shows what is about to be done, asks, and notes the rebuild. Throws UserError. */
export const agree: RebuildStage = async (progress, { whole, earlier, found, wishes, options, now }) => {
  if (progress.journal !== undefined) return progress
  const diagnosis = known(progress.diagnosis, 'diagnosis')
  say(options, `\n${intentionText(diagnosis, statePaths(whole).rebuilds, now)}\n`)
  const { source } = diagnosis
  const archive =
    source.kind === 'archive'
      ? await openArchive(source.file, await keysFor(whole, source.file), whole.cluster)
      : undefined
  if (archive !== undefined) {
    refuseOtherVersions(archive.manifest, whole, catalogue)
    refuseOtherAge(archive, source)
  }
  const secrets = source.kind === 'live' || source.kind === 'rest' ? await secretsOf(whole) : undefined
  refuseDoubts(othersOn(found, earlier?.id).lines, 'rebuild', wishes.force === true, options)
  await confirmCluster(whole.cluster, `Rebuilding ${whole.cluster} from ${sourceText(source, now)}`, options.yes)
  const journal = begin(diagnosis, found, earlier, now)
  writeRebuildState(whole, journal)
  return { ...progress, archive, secrets, journal }
}

/** Shows what was begun and what has become of the hosts since, and asks. Throws UserError and LockedError. */
async function agreeToGoOn(earlier: RebuildState, { found, wishes, whole, options }: RebuildCall): Promise<void> {
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
  found: RebuildCall['found'],
  earlier: RebuildState | undefined,
  now: number,
): RebuildState {
  const kind = diagnosis.source.kind === 'none' ? 'empty' : diagnosis.state === 'repair' ? 'repair' : 'rebuild'
  return {
    format: 1,
    // One that had saved nothing starts over under its name, which what stands still on hosts is kept by.
    id: earlier?.stage === 'saving' ? earlier.id : `${stampOf(new Date(now))}-${randomBytes(2).toString('hex')}`,
    begunAt: new Date(now).toISOString(),
    by: operatorName(),
    world: worldOf(found),
    kind,
    stage: 'saving',
    from: sourceText(diagnosis.source, now),
    before: { ...runningOn(found), ...(earlier?.stage === 'saving' ? earlier.before : {}) },
  }
}
