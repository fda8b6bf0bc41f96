import { resolve } from 'node:path'
import { catalogue } from '../catalogue/load.ts'
import { UserError } from '../errors.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { readFolder } from '../inventory/load.ts'
import { modules } from '../modules/index.ts'
import { expand } from '../playbook/expand.ts'
import { loadTemplate, readBeside, templateDirectory } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { render } from '../playbook/render.ts'
import type { SettingsSecrets } from '../variables/input.ts'
import { variablesOf } from '../variables/variables.ts'
import { type CompileInput, type HostPlan, planHost } from './plan.ts'

/** What a run compiles with; see {@link compiling}. */
export interface Compiling {
  readonly plan: (host: Host, facts: HostFacts) => HostPlan
  /** How this host's templates are rendered, with the values that have reached it. */
  readonly compileInput: (
    host: Host,
    facts: HostFacts,
    values: CompileInput['values'],
  ) => Pick<CompileInput, 'render' | 'readFile' | 'readFolder' | 'lockSeconds'>
}

/** How plans and templates of this inventory are made. */
export function compiling(inventory: Inventory, playbooks: readonly Playbook[], secrets?: SettingsSecrets): Compiling {
  return {
    plan: (host, facts) =>
      planHost(
        host.name,
        facts,
        expand({
          playbooks,
          inventory,
          host,
          facts,
          modules,
          extra: variablesOf(inventory, host, facts, catalogue, secrets),
        }),
      ),
    compileInput: (host, facts, values) => {
      const scope = variablesOf(inventory, host, facts, catalogue, secrets)
      return {
        render: (task, name, extra) => {
          const { file, text } = loadTemplate(name, [task.directory, templateDirectory])
          return render(text, file, { ...scope, ...task.locals, ...extra, outputs: values })
        },
        readFile: (task, path) => readBeside(path, task.directory),
        readFolder: (task, path) => folderBeside(path, task.directory),
        lockSeconds: inventory.timeouts.ready,
      }
    },
  }
}

function folderBeside(name: string, directory: string): ReadonlyMap<string, Uint8Array> {
  const files = readFolder(resolve(directory, name))
  if (files === undefined) throw new UserError(`there is no folder ${name}`, `a relative path begins in ${directory}`)
  return files
}
