/** Names by the kind of value they take, separated by blanks. */
export type NameTable<Kind extends string> = Readonly<Partial<Record<Kind, string>>>

/** Each name of a table with its kind. */
export function kindsByName<Kind extends string>(table: NameTable<Kind>): [name: string, kind: Kind][] {
  return (Object.entries(table) as [Kind, string][]).flatMap(([kind, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, Kind] => [name, kind]),
  )
}
