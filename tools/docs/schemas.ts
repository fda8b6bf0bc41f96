import { runEventSchema } from '../../src/events/run-event.ts'
import { inventorySchema } from '../../src/inventory/schema.ts'
import type { Module } from '../../src/modules/module.ts'
import { playbookSchema, taskSettings } from '../../src/playbook/schema.ts'
import { statusSchema } from '../../src/status/schema.ts'
import { z } from '../../src/zod.ts'

/** As much of JSON Schema (2020-12) as ours use. */
export interface JsonSchema {
  readonly $id?: string
  readonly $schema?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly $ref?: string
  readonly title?: string
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly propertyNames?: JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
}

/** What a schema takes, before its defaults are filled in. Checks that are code are not in it. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  return withoutBounds(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })) as JsonSchema
}

/** A schema of docs/schema/. Its `$id` is a name and no address: no tool has to fetch it, and no site has to last. */
function published<Schema extends object>(name: string, title: string, schema: Schema) {
  return { $id: `urn:provision:schema:${name}`, title, ...schema }
}

/** For editors: hosts.yaml. */
export function inventoryJsonSchema(): JsonSchema {
  return published('inventory', 'Inventory of provision', jsonSchema(inventorySchema))
}

/** For editors: a playbook. A task is one module and the settings of any task. */
export function playbookJsonSchema(modules: Readonly<Record<string, Module>>): JsonSchema {
  const playbook = jsonSchema(playbookSchema)
  const words = Object.entries(modules).map(([name, module]): [string, JsonSchema] => {
    const { $schema: _, ...schema } = jsonSchema(module.schema)
    return [name, { description: module.summary, anyOf: [lookable(schema), lookup] }]
  })
  const { $schema: _, ...settings } = jsonSchema(z.strictObject(taskSettings))
  const task: JsonSchema = {
    ...settings,
    properties: { ...settings.properties, ...Object.fromEntries(words) },
    oneOf: words.map(([name]) => ({ required: [name] })),
  }
  const phases = playbook.properties?.phases as JsonSchema
  const phase = phases.items as JsonSchema
  const tasks = phase.properties?.tasks as JsonSchema
  const items = { ...phase, properties: { ...phase.properties, tasks: { ...tasks, items: { $ref: '#/$defs/task' } } } }
  return published('playbook', 'Playbook of provision', {
    ...playbook,
    properties: { ...playbook.properties, phases: { ...phases, items } },
    $defs: { task, lookup: { type: 'string', pattern: '\\$\\{', description: 'Looked up when the task is compiled' } },
  })
}

const lookup: JsonSchema = { $ref: '#/$defs/lookup' }

/** The same schema, with `${…}` allowed wherever something other than any text is wanted. */
function lookable(schema: JsonSchema): JsonSchema {
  const each = (one: JsonSchema): JsonSchema => {
    const inner = lookable(one)
    const plainText = inner.type === 'string' && inner.pattern === undefined && inner.enum === undefined
    if (plainText || inner.$ref !== undefined) return inner
    const { description, default: fallback, ...rest } = inner
    return {
      ...(description && { description }),
      ...(fallback !== undefined && { default: fallback }),
      anyOf: [rest, lookup],
    }
  }
  return {
    ...schema,
    ...(schema.properties && { properties: mapValues(schema.properties, each) }),
    ...(schema.items && { items: each(schema.items) }),
    ...(typeof schema.additionalProperties === 'object' && { additionalProperties: each(schema.additionalProperties) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(lookable) }),
  }
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, work: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, work(value)]))
}

/** Whole numbers are bounded by what JavaScript holds; nobody needs to be told. */
function withoutBounds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBounds)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => key !== 'refersTo' && one !== Number.MAX_SAFE_INTEGER && one !== Number.MIN_SAFE_INTEGER)
      .map(([key, one]) => [key, withoutBounds(one)]),
  )
}

/** One line of events. Later versions may add fields, so it allows them. */
export function eventJsonSchema(): object {
  const title = 'One line of `provision --output json`, and of events.jsonl in a run record'
  return published('events', title, z.toJSONSchema(runEventSchema, { io: 'input' }))
}

export function statusJsonSchema(): object {
  return published('status', 'What provision status --output json prints', z.toJSONSchema(statusSchema))
}
