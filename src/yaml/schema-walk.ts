import { entryOf } from '../entry-of.ts'
import type { z } from '../zod.ts'
import type { Path } from './document.ts'

interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly innerType?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly in?: z.core.$ZodType
  readonly getter?: () => z.core.$ZodType
  readonly keyType?: z.core.$ZodType
  readonly entries?: Readonly<Record<string, unknown>>
  readonly valueType?: z.core.$ZodType
  readonly element?: z.core.$ZodType
}

/** The schemas that may apply to what stands at the path: more than one where there is a union on the way. */
export function schemasAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  let current = [schema]
  for (const segment of path) {
    current = current.flatMap(unwrap).flatMap((one) => {
      const definition = definitionOf(one)
      const next = entryOf(definition.shape ?? {}, String(segment)) ?? definition.valueType ?? definition.element
      return next === undefined ? [] : [next]
    })
  }
  return current
}

/** The keys that a map at the path may have. */
export function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const shapes = schemasAt(schema, path).flatMap(unwrap)
  return [...new Set(shapes.flatMap((one) => Object.keys(definitionOf(one).shape ?? entriesOf(one) ?? {})))]
}

/** The keys that a record may have, where they are a choice. */
function entriesOf(schema: z.core.$ZodType): Readonly<Record<string, unknown>> | undefined {
  const keys = definitionOf(schema).keyType
  return keys === undefined ? undefined : definitionOf(keys).entries
}

/** For each form that a map at the path may take, its keys. */
export function formsAt(schema: z.core.$ZodType, path: Path): string[][] {
  return schemasAt(schema, path)
    .flatMap(unwrap)
    .map((one) => Object.keys(definitionOf(one).shape ?? {}))
    .filter((keys) => keys.length > 0)
}

/** What the schema says of itself at the path. */
export function descriptionAt(schema: z.core.$ZodType, path: Path): string | undefined {
  for (const one of schemasAt(schema, path)) {
    const text = describe(one)
    if (text !== undefined) return text
  }
  return undefined
}

function describe(schema: z.core.$ZodType): string | undefined {
  const own = (schema as z.ZodType).description
  if (own !== undefined) return own
  const inner = definitionOf(schema).innerType ?? definitionOf(schema).in
  return inner === undefined ? undefined : describe(inner)
}

/** Without optional, default and the like; unions as their options. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const definition = definitionOf(schema)
  if (definition.options !== undefined) return definition.options.flatMap(unwrap)
  if (definition.innerType !== undefined) return unwrap(definition.innerType)
  if (definition.type === 'pipe' && definition.in !== undefined) return unwrap(definition.in)
  if (definition.getter !== undefined) return unwrap(definition.getter())
  return [schema]
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def as unknown as Definition
}
