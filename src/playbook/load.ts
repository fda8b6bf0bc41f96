import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { type Problem, UserError } from '../errors.ts'
import { modulesByAnyName } from '../modules/former-names.ts'
import { isFile, readFile, shipped } from '../shipped.ts'
import { sortProblems } from '../yaml/problems.ts'
import { type Modules, parsePlaybook } from './parse.ts'
import type { Playbook } from './playbook.ts'
import { type Reference, referencesOf } from './references.ts'
import { compile } from './render.ts'

/** Where templates and scripts that come with this program are looked for. */
export const templateDirectory = shipped('')

/** Reads playbooks, in order, and looks for the files they name. Throws UserError with all that is wrong in all of them. */
export function loadPlaybooks(files: readonly string[], words: Modules = modulesByAnyName): Playbook[] {
  const problems: Problem[] = []
  const playbooks = files.flatMap((file) => {
    const path = resolve(file)
    if (!isFile(path)) {
      const hint = 'name a file; relative paths start at the current directory'
      problems.push({ message: `playbook ${file} does not exist`, hint })
      return []
    }
    const { playbook, problems: found } = parsePlaybook(readFile(path).toString(), shown(path), dirname(path), words)
    problems.push(...found, ...(playbook === undefined ? [] : referencesOf(playbook, words).flatMap(lost)))
    return playbook ?? []
  })
  if (problems.length > 0) throw new UserError(sortProblems(problems))
  return playbooks
}

/** Why a file that a task names cannot be used. */
function lost({ kind, name, directory, source }: Reference): readonly Problem[] {
  try {
    if (kind === 'file') readBeside(name, directory)
    else {
      const { text, file } = loadTemplate(name, [directory, templateDirectory])
      compile(text, file)
    }
    return []
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.problems.map((problem) => ({ ...problem, source: problem.source ?? source }))
  }
}

const templates = new Map<string, { readonly file: string; readonly text: string }>()

/**
 * A template or script as text, and what its errors call it. Looks into each directory, and into `templates/` and `scripts/`
 * in it, in order.
 * Throws UserError where it is in none of them.
 */
export function loadTemplate(
  name: string,
  directories: readonly string[],
): { readonly file: string; readonly text: string } {
  const places = directories.flatMap((directory) => [
    directory,
    resolve(directory, 'templates'),
    resolve(directory, 'scripts'),
  ])
  const path = places.map((place) => resolve(place, name)).find((one) => templates.has(one) || isFile(one))
  if (path === undefined) throw new UserError(`template ${name} does not exist`, `add it to ${shown(places[0] ?? '.')}`)
  const template = templates.get(path) ?? { file: shown(path), text: readFile(path).toString() }
  templates.set(path, template)
  return template
}

/** Bytes of a file that a task names, relative to its playbook. Throws UserError where it is not there. */
export function readBeside(name: string, directory: string): Uint8Array {
  const path = resolve(directory, name)
  if (!isFile(path)) throw new UserError(`file ${name} does not exist`, `use a path relative to ${shown(directory)}`)
  return readFile(path)
}

/** Relative to where the operator is, where that is shorter to read. */
function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') || isAbsolute(short) ? path : short || '.'
}
