const units: ReadonlyMap<string, number> = new Map(Object.entries({ s: 1, m: 60, h: 3600 }))

/** How a duration is written in files: 30s, 5m, 1h. */
export const durationForm = /^[1-9]\d*[smh]$/

/** Such a duration in seconds; a number without a unit is seconds. */
export function seconds(text: string): number {
  const unit = units.get(text.slice(-1))
  return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit
}
