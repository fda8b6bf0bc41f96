/** A record's own entry. Every object also answers to `constructor` and the other names of its prototype. */
export function entryOf<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
