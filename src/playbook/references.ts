import type { SourceRef } from '../errors.ts'
import type { Path } from '../yaml/document.ts'
import { schemasAt, unwrap } from '../yaml/schema-walk.ts'
import { z } from '../zod.ts'
import type { Modules } from './parse.ts'
import type { Playbook, PlaybookTask } from './playbook.ts'

/** A file or template that a task names. */
export interface Reference {
  readonly kind: 'file' | 'template'
  readonly name: string
  /** Absolute; where the search begins. */
  readonly directory: string
  readonly source: SourceRef
}

/** What the tasks of a playbook refer to, where it is written out and not looked up. */
export function referencesOf(playbook: Playbook, modules: Modules): Reference[] {
  return playbook.phases.flatMap((phase) =>
    phase.tasks.flatMap((task) => within(task.args, [], task, playbook, modules)),
  )
}

function within(value: unknown, path: Path, task: PlaybookTask, playbook: Playbook, modules: Modules): Reference[] {
  if (typeof value === 'string') {
    const kind = kindAt(task.module, path, modules)
    if (kind === undefined || value.includes('${')) return []
    return [{ kind, name: value, directory: playbook.directory, source: task.locate([task.module, ...path]) }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) =>
    within(item, [...path, Array.isArray(value) ? Number(key) : key], task, playbook, modules),
  )
}

/** Whether a module's schema says that the text at the path names a file: see `fileName` and `templateName` there. */
function kindAt(module: string, path: Path, modules: Modules): Reference['kind'] | undefined {
  const schema = modules[module]?.schema
  const metas = (schema === undefined ? [] : schemasAt(schema, path))
    .flatMap(unwrap)
    .map((one) => z.globalRegistry.get(one))
  const kind = metas.map((meta) => meta?.refersTo).find((one) => one !== undefined)
  return kind === 'file' || kind === 'template' ? kind : undefined
}
