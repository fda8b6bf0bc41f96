import { resolve } from 'node:path'
import { catalogue } from '../catalogue/load.ts'
import { UserError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { readFolder } from '../inventory/load.ts'
import { modules } from '../modules/index.ts'
import { planHost } from '../plan/plan.ts'
import { scopeOf } from '../plan/scope.ts'
import type { SettingsSecrets } from '../plan/settings-secrets.ts'
import { expand } from '../playbook/expand.ts'
import { loadTemplate, readBeside, templateDirectory } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { render } from '../playbook/render.ts'
import type { RunOptions } from '../run/run.ts'

/** How plans and templates of this inventory are made. */
export function compiling(
  inventory: Inventory,
  playbooks: readonly Playbook[],
  secrets?: SettingsSecrets,
): Pick<RunOptions, 'plan' | 'compileInput'> {
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
          extra: scopeOf(inventory, host, facts, catalogue, secrets),
        }),
      ),
    compileInput: (host, facts, values) => {
      const scope = scopeOf(inventory, host, facts, catalogue, secrets)
      return {
        render: (task, name, extra) => {
          const { file, text } = loadTemplate(name, [task.directory, templateDirectory])
          return render(text, file, { ...scope, ...task.locals, ...extra, outputs: values })
        },
        readFile: (task, path) => readBeside(path, task.directory),
        readFolder: (task, path) => folderBeside(path, task.directory),
      }
    },
  }
}

function folderBeside(name: string, directory: string): ReadonlyMap<string, Uint8Array> {
  const files = readFolder(resolve(directory, name))
  if (files === undefined) throw new UserError(`there is no folder ${name}`, `a relative path begins in ${directory}`)
  return files
}
