/** Thrown to whoever waits for a value that will not come. */
export class ValueUnavailable extends Error {
  constructor(name: string, reason: string) {
    super(`${name} is unavailable: ${reason}`)
    this.name = 'ValueUnavailable'
  }
}

/** One host's value arriving; `undefined` when the host ended without giving it. */
interface Slot {
  readonly promise: Promise<string | undefined>
  readonly settle: (value: string | undefined) => void
  readonly gaveUp: () => boolean
}

/**
 * The values that hosts give one another (join token, CA), in memory only. A name made by one host is that string;
 * a name made by several is gathered into a map of host to value, over those that gave it, once all have ended.
 */
export class Values {
  readonly #slots = new Map<string, Map<string, Slot>>()
  readonly #gathered: ReadonlySet<string>
  /** Names that came of a change in this run: what was looked at before they were there may be otherwise now. */
  readonly changed = new Set<string>()

  /** `producers`: per name the hosts of this run that will make it. `gathered`: names that all hosts make. */
  constructor(producers: ReadonlyMap<string, readonly string[]>, gathered: ReadonlySet<string>) {
    this.#gathered = gathered
    for (const [name, hosts] of producers) this.#slots.set(name, new Map(hosts.map((host) => [host, newSlot()])))
  }

  provide(name: string, host: string, value: string): void {
    this.#slots.get(name)?.get(host)?.settle(value)
  }

  /** The host will give nothing more, but for these that it makes when it is asked. */
  end(host: string, onDemand: ReadonlySet<string>): void {
    for (const [name, slots] of this.#slots) if (!onDemand.has(name)) slots.get(host)?.settle(undefined)
  }

  /** The host will not give this one. Changes nothing where it has. */
  without(name: string, host: string): void {
    this.#slots.get(name)?.get(host)?.settle(undefined)
  }

  producers(name: string): readonly string[] {
    return [...(this.#slots.get(name)?.keys() ?? [])]
  }

  /** Hosts of this run that were to make it and ended without. */
  absent(name: string): readonly string[] {
    return [...(this.#slots.get(name) ?? [])].filter(([, slot]) => slot.gaveUp()).map(([host]) => host)
  }

  /** Waits. Throws {@link ValueUnavailable} when the only host that makes it ended without. */
  async get(name: string): Promise<string | Readonly<Record<string, string>>> {
    const slots = [...(this.#slots.get(name) ?? [])]
    const values = await Promise.all(slots.map(async ([host, slot]) => [host, await slot.promise] as const))
    const given = values.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)
    if (this.#gathered.has(name)) return Object.fromEntries(given)
    const only = given[0]
    if (only === undefined) {
      throw new ValueUnavailable(
        name,
        slots[0] ? `${slots[0][0]} failed before producing it` : 'no host of this run produces it',
      )
    }
    return only[1]
  }
}

function newSlot(): Slot {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let first: { readonly value: string | undefined } | undefined
  return {
    promise,
    settle(value) {
      first ??= { value }
      resolve(first.value)
    },
    gaveUp: () => first !== undefined && first.value === undefined,
  }
}
