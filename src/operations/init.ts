import { access, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { type Problem, UserError } from '../errors.ts'
import { type Draft, draftInventory, mistakes, parseMembers } from '../inventory/draft.ts'
import { readInventory } from '../inventory/load.ts'
import { out } from '../screen.ts'
import { writeSchemas } from '../state/editor-schemas.ts'
import { askDraft, DialogueLeft } from '../views/init-dialogue.ts'

export interface InitOptions {
  readonly cluster?: string
  readonly user?: string
  readonly controlPlanes?: string
  readonly workers?: string
  readonly endpoint?: string
  readonly mirrors?: string
  readonly sudoPassword?: boolean
}

export async function init(file: string, own: InitOptions): Promise<number> {
  const known = knownOf(own)
  const asks = process.stdin.isTTY && out.isTTY && known.controlPlanes === undefined
  await refuseOverwriting(file)
  try {
    const draft = asks ? await askDraft(known, userInfo().username) : complete(known)
    await write(file, draftInventory(draft))
    writeSchemas(file)
  } catch (error) {
    if (error instanceof DialogueLeft) return 130
    throw error
  }
  out.write(`${file} was written. Review it, then run:\n  provision plan   preview\n  provision        apply\n`)
  return 0
}

function knownOf(own: InitOptions): Partial<Draft> {
  const members = (text: string | undefined, prefix: string) =>
    text === undefined ? undefined : parseMembers(text, prefix)
  const known = {
    ...own,
    controlPlanes: members(own.controlPlanes, 'cp'),
    workers: members(own.workers, 'w'),
  }
  const wrong: [string, string | undefined][] = [
    ['--cluster', own.cluster === undefined ? undefined : mistakes.cluster(own.cluster)],
    ['--control-planes', mistakes.members(known.controlPlanes ?? [])],
    ['--workers', mistakes.members(known.workers ?? [])],
    ['--endpoint', own.endpoint === undefined ? undefined : mistakes.endpoint(own.endpoint)],
  ]
  const problems = wrong.flatMap(([option, mistake]): Problem[] =>
    mistake === undefined
      ? []
      : [{ message: `${option}: ${mistake}`, hint: 'correct it; provision init --help describes its form' }],
  )
  if (problems.length > 0) throw new UserError(problems)
  return known
}

/** Without a dialogue what is not given takes its default; there is none for the first host. */
function complete(known: Partial<Draft>): Draft {
  const { controlPlanes = [] } = known
  if (controlPlanes.length === 0) {
    throw new UserError(
      'no terminal to ask questions',
      'use options: provision init --control-planes 10.0.0.11 --workers 10.0.0.21',
    )
  }
  if (controlPlanes.length > 1 && known.endpoint === undefined) {
    throw new UserError(
      'several control planes require --endpoint',
      'set their load balancer or virtual IP, as host:port',
    )
  }
  return {
    cluster: 'main',
    user: userInfo().username,
    workers: [],
    sudoPassword: false,
    ...defined(known),
    controlPlanes,
  }
}

function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value
}

async function refuseOverwriting(file: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  )
  if (there) throw new UserError(`${file} already exists`, 'edit it, or set another file with --inventory FILE')
}

/** What is written must be an inventory; the check comes before the file. */
async function write(file: string, text: string): Promise<void> {
  check(text, file)
  // wx: whoever was quicker keeps his file.
  await writeFile(file, text, { flag: 'wx' })
}

/** There is no file yet that a position could point into. */
function check(text: string, file: string): void {
  try {
    readInventory(text, file)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(error.problems.map(({ message, hint }) => ({ message, hint })))
  }
}
