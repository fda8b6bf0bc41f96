import { lines, raw, type ShellText, sh } from '../../shell/quote.ts'
import type { ModuleContext, TaskBody } from '../module.ts'
import { digestOf } from './digest.ts'

/** A file of settings in which those of others stay: see docs/decisions/028-settings-of-others.md. */
export interface SettingsOfOthers {
  /** The words are `NAME_settings`, `NAME_settings_are` and `set_NAME_settings`, in the library of that name. */
  readonly name: 'docker' | 'containerd'
  readonly path: string
  /** All that is ours. */
  readonly content: string
  /** What the words get beside the path. */
  readonly words?: ShellText | undefined
  /** Nothing is changed, and it fails where it is refused. */
  readonly only?: 'refuse' | undefined
}

/** The task of such a file. */
export function settingsOfOthers(
  { name, path, content, words, only }: SettingsOfOthers,
  context: ModuleContext,
): TaskBody {
  const text = raw(`${context.id}_content`)
  const given = raw(words === undefined ? sh`${path}` : sh`${path} ${raw(words)}`)
  const file = raw(`"$P_RUN/${name}.wanted"`)
  const wanted = sh`${text} | ${raw(`${name}_settings`)} ${given} >${file}`
  // Ours alone: there is nothing to be merged, and nothing to be asked.
  const alone = sh`! file_is ${path} 644 root root ${digestOf(content)} || exit 0`
  const prefetch = { files: [path] }
  if (only === 'refuse') return { content, prefetch, check: lines(alone, wanted), apply: sh`:` }
  return {
    content,
    prefetch,
    check: lines(alone, sh`${text} | ${raw(`${name}_settings_are`)} ${given}`),
    apply: sh`${text} | ${raw(`set_${name}_settings`)} ${given}`,
    diff: context.isSecret(content)
      ? undefined
      : sh`
        ${raw(wanted)}
        diff_file ${path} 644 <${file}`,
  }
}
