import type { Host, Inventory } from '../inventory/inventory.ts'
import { withVars } from '../playbook/restrict.ts'
import { shipped } from '../shipped.ts'
import { type Executed, execute, type Work } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'

/** What to ask, and of whom. */
export interface Query extends Pick<Work, 'redactor' | 'onFile'> {
  readonly inventory: Inventory
  /** Name of a shipped playbook: `queries/status`. */
  readonly playbook: string
  readonly hosts: readonly Host[]
  readonly vars?: Readonly<Record<string, unknown>> | undefined
}

/** Has hosts answer a question: nothing is changed or locked, shown or recorded. Throws UserError. */
export async function query(question: Query, options: GlobalOptions): Promise<Executed> {
  return await execute(queryWork(question), options)
}

/** The run that asks, for who decides later which host is asked. Throws UserError. */
export function queryWork({ inventory, playbook, hosts, vars = {}, ...rest }: Query): Work {
  const playbooks = ownPlaybooks([shipped(`playbooks/${playbook}.yaml`)], inventory)
  return {
    ...rest,
    command: `query ${playbook}`,
    mode: 'apply',
    observe: true,
    inventory,
    playbooks: playbooks.map((each) => withVars(each, vars)),
    selected: hosts,
  }
}

/** What the first host that gave a value of this name gave. */
export function firstAnswer({ outputs }: Pick<Executed, 'outputs'>, name: string): string | undefined {
  return outputs.get(name)?.values().next().value
}
