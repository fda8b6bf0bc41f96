import { z } from '../zod.ts'
import { duration, line } from './fields.ts'
import { kindsByName } from './hosts/name-table.ts'
import type { FieldKind, FieldTable } from './kubernetes/kubelet.ts'

const kinds: Readonly<Record<FieldKind, () => z.ZodType>> = {
  boolean: () => z.boolean(),
  integer: () => z.int(),
  number: () => z.number(),
  string: () => line,
  duration: () => duration,
  list: () => z.array(z.unknown()),
  map: () => z.record(z.string(), z.unknown()),
}

/**
 * A map of a component's own configuration fields, each optional.
 * @param others fields that have a form of their own
 */
export function componentFields(
  table: FieldTable,
  others: Readonly<Record<string, z.ZodType>> = {},
): z.ZodType<Record<string, unknown>> {
  const shape: Record<string, z.ZodType> = {}
  for (const [name, kind] of kindsByName(table)) shape[name] = kinds[kind]().optional()
  for (const [name, form] of Object.entries(others)) shape[name] = form.optional()
  return z.strictObject(shape) as unknown as z.ZodType<Record<string, unknown>>
}
