import { catalogue } from '../catalogue/load.ts'
import { compileProgram, librariesOf } from '../compile/compile.ts'
import { compiling } from '../compile/load.ts'
import { entryOf } from '../entry-of.ts'
import { formatProblem, UserError } from '../errors.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { createGenerator } from '../run/generate.ts'
import { err, out } from '../screen.ts'
import { loadPrelude } from '../shell/load.ts'
import { lastSeen } from '../state/facts.ts'
import { withKnownAddresses } from '../state/node-addresses.ts'
import type { GlobalOptions } from './options.ts'
import { clusterPlaybooks } from './playbooks.ts'

export interface CompileOptions {
  readonly host: string
  readonly system?: string
  /** In check mode, as a plan sends it. */
  readonly check: boolean
}

/** Systems whose facts need no host, for looking at a program before the first contact: `debian-13`, `rocky-9`. */
const systems: ReadonlyMap<string, HostFacts> = new Map(
  catalogue.systems.map(({ id, version, codename, family }): [string, HostFacts] => [
    `${id}-${version}`,
    { family, id, version, codename, arch: 'amd64' },
  ]),
)

function programFor(inventory: Inventory, name: string, system: string | undefined, mode: 'apply' | 'check'): string {
  const host = inventory.hosts.find((each) => each.name === name)
  if (host === undefined) {
    throw new UserError(
      `host ${name} is not in the inventory`,
      `use one of ${inventory.hosts.map((each) => each.name).join(', ')}`,
    )
  }
  const facts = system === undefined ? entryOf(lastSeen(inventory), name) : systems.get(system)
  if (facts === undefined) {
    throw new UserError(
      system === undefined
        ? `the system of ${name} is unknown: the host was never contacted`
        : `unknown system ${system}`,
      `set --system to one of: ${[...systems.keys()].join(', ')}`,
    )
  }
  const how = compiling(inventory, clusterPlaybooks(inventory))
  const plan = how.plan(host, facts)
  const input = {
    ...how.compileInput(host, facts, {}),
    values: {},
    generate: createGenerator(() => {}),
    clockOffset: 0,
    isSecret: () => false,
    absent: () => [],
  }
  return compileProgram(
    plan,
    plan.tasks,
    { mode, prelude: loadPrelude(facts.family, librariesOf(plan.tasks)), id: 'compiled' },
    input,
  ).text
}

/** Prints the program that a host would run. */
export function compile(own: CompileOptions, options: GlobalOptions): void {
  const { inventory, open } = withKnownAddresses(loadInventory(options.inventory))
  for (const warning of inventory.warnings) err.write(`warning: ${formatProblem(warning)}\n`)
  if (open.length > 0) {
    const message = `the address selected by node: is unknown until a host is contacted: ${open.join(', ')}`
    err.write(`${message}; using the address for SSH\n`)
  }
  out.data(programFor(inventory, own.host, own.system, own.check ? 'check' : 'apply'))
}
