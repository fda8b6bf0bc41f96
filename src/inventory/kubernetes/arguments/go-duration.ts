/** Units of a duration as Go writes it, in milliseconds. µ is written in two ways. Source: time.ParseDuration. */
const units: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    μs: 1e-3,
    ms: 1,
    s: 1e3,
    m: 6e4,
    h: 36e5,
  }),
)
const part = `(\\d+(?:\\.\\d+)?)(${[...units.keys()].join('|')})`

/** Whether the text is a duration as Go writes it: 300ms, 1h30m, 0. */
export function isGoDuration(text: string): boolean {
  return new RegExp(`^(0|(?:${part})+)$`).test(text)
}

/** Such a duration in milliseconds. */
export function milliseconds(text: string): number {
  return [...text.matchAll(new RegExp(part, 'g'))].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (units.get(unit ?? '') ?? 0),
    0,
  )
}
