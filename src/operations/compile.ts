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
    throw new UserError(`there is no host ${name}`, `one of ${inventory.hosts.map((each) => each.name).join(', ')}`)
  }
  const facts = system === undefined ? entryOf(lastSeen(inventory), name) : systems.get(system)
  if (facts === undefined) {
    throw new UserError(
      system === undefined
        ? `${name} has not been contacted yet, so its system is not known`
        : `there is no system ${system}`,
      `name one with --system: ${[...systems.keys()].join(', ')}`,
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
    const message = `the address that node: chooses is not known before a host has been contacted: ${open.join(', ')}`
    err.write(`${message}; in its place stands the one for SSH\n`)
  }
  out.data(programFor(inventory, own.host, own.system, own.check ? 'check' : 'apply'))
}
