import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Problem, UserError } from '../errors.ts'
import { modules } from '../modules/index.ts'
import { type Modules, parsePlaybook } from './parse.ts'
import type { Playbook } from './playbook.ts'

/** Reads playbooks, in order. Throws UserError with all that is wrong in all of them. */
export function loadPlaybooks(files: readonly string[], words: Modules = modules): Playbook[] {
  const problems: Problem[] = []
  const playbooks = files.flatMap((file) => {
    const text = read(file, problems)
    if (text === undefined) return []
    const parsed = parsePlaybook(text, file, dirname(resolve(file)), words)
    problems.push(...parsed.problems)
    return parsed.playbook ?? []
  })
  if (problems.length > 0) throw new UserError(problems)
  return playbooks
}

function read(file: string, problems: Problem[]): string | undefined {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return readFileSync(file, 'utf8')
  problems.push({ message: `there is no playbook ${file}`, hint: 'name a file; a relative path begins where you are' })
  return undefined
}

/** A template as text, and the name its errors should have. Looks in the directories in order. Throws UserError. */
export function loadTemplate(name: string, directories: readonly string[]): { readonly file: string; readonly text: string } {
  for (const directory of directories) {
    const file = resolve(directory, name)
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return { file, text: readFileSync(file, 'utf8') }
  }
  throw new UserError(`there is no template ${name}`, `put it into one of ${directories.join(', ')}`)
}
