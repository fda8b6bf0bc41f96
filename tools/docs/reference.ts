import type { Module } from '../../src/modules/module.ts'
import { playbookSchema, taskSettings } from '../../src/playbook/schema.ts'
import { z } from '../../src/zod.ts'
import { inventoryJsonSchema, type JsonSchema, jsonSchema } from './schemas.ts'

/** The first line of a generated page. */
export const note = '<!-- Generated from the schemas by `npm run docs`; edit those. -->'

/** docs/reference/inventory.md */
export function inventoryReference(example: string): string {
  const schema = inventoryJsonSchema()
  const sections = Object.entries(schema.properties ?? {}).map(([name, section]) => {
    const rows = rowsOf(section, name)
    const required = schema.required?.includes(name) === true
    const own = table(rows.length > 0 ? rows : [rowOf(name, section, required), ...rowsWithin(section, name)])
    return `## ${name}\n\n${section.description ?? ''}.\n\n${own}`
  })
  return `${note}

# The inventory

\`hosts.yaml\` says which hosts there are and what they are to be. It holds no secret and can be in version control.
Unknown settings are errors, and all errors are told at once, with their place in the file. \`provision init\` writes a
first one. Its first line names the JSON Schema, for completion in editors ([install](../install.md#completion-in-editors)):

\`\`\`yaml
# yaml-language-server: $schema=.provision/inventory.schema.json
\`\`\`

Relative paths begin where the file lies. Versions are text: quote \`"1.30"\`, which is a number to YAML.

## Every setting once

\`\`\`yaml
${example.trimEnd()}
\`\`\`

${sections.join('\n\n')}
`
}

/** docs/reference/playbooks.md */
export function playbookReference(modules: Readonly<Record<string, Module>>): string {
  const words = Object.values(modules).map(({ name, summary, schema, timeout }) => {
    const limit = timeout === undefined ? '' : `\n\n${limitText(timeout)}`
    return `### ${name}\n\n${summary}${limit}\n\n${forms(jsonSchema(schema))}`
  })
  const file = jsonSchema(playbookSchema)
  const phase = (file.properties?.phases?.items ?? {}) as JsonSchema
  return `${note}

# Playbooks

A playbook is a checklist: phases of tasks, in order. \`provision run FILE\` runs one of your own, and the inventory's
\`hooks\` run one before or after a phase. A task is checked first and applied only where it differs, then checked
again; \`provision plan\` does the checks only. Everything in it is checked before any host is contacted.

\`\${a.b}\` in text looks up a value: \`host\`, \`hosts\`, \`cluster\` (the inventory with its defaults), \`facts\`, \`vars\`,
and \`item\` in a task with \`forEach\`. Text that is only one \`\${…}\` keeps the value's type; \`$\${\` stands for a plain
\`\${\`. Templates are EJS: \`<%= %>\` prints as it is, and what is missing is an error with the template's line.

## The file

${table(rowsOf({ ...file, properties: { description: file.properties?.description ?? {}, vars: file.properties?.vars ?? {} } }, ''))}

### Phases

${table(rowsOf({ ...phase, properties: without(phase.properties ?? {}, 'tasks') }, ''))}

## Tasks

A task has exactly one module, and may have:

${table(rowsOf(jsonSchema(z.strictObject(taskSettings)), ''))}

## Modules

${words.join('\n\n')}
`
}

type Row = readonly [name: string, type: string, fallback: string, description: string]

function limitText(timeout: NonNullable<Module['timeout']>): string {
  return typeof timeout === 'number'
    ? `May take ${timeout} s where the task does not say.`
    : 'May take as long as `within` needs where the task does not say.'
}

function forms(schema: JsonSchema): string {
  const options = (schema.anyOf ?? schema.oneOf ?? [schema]).filter((option) => option.properties !== undefined)
  return options.map((option) => table(rowsOf(option, ''))).join('\n\nor\n\n')
}

/** The fields of a schema as a table. */
export function settings(schema: JsonSchema): string {
  return table(rowsOf(schema, ''))
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
  )
  return ['| name | type | Default | meaning |', '|---|---|---|---|', ...lines].join('\n')
}

/** A row a setting; maps with known keys as their settings, maps by name as NAME.setting, lists as NAME[].setting. */
function rowsOf(schema: JsonSchema, prefix: string): Row[] {
  const named = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  if (schema.properties === undefined && named?.properties !== undefined) return rowsOf(named, `${prefix}.NAME`)
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`
    const inner = rowsOf(value, name)
    // The fields of a component's own configuration are in that component's reference.
    if (inner.length > 0 && inner.length <= 20) return inner
    return [rowOf(name, value, schema.required?.includes(key) === true), ...rowsWithin(value, name)]
  })
}

/** Settings within a list, or within the map that a setting may also be; a secret's source explains itself. */
function rowsWithin(schema: JsonSchema, name: string): Row[] {
  if (schema.items !== undefined) return rowsOf(schema.items, `${name}[]`)
  const isSource = schema.anyOf?.some((option) => option.const === 'prompt') === true
  return isSource ? [] : (schema.anyOf ?? []).flatMap((option) => rowsOf(option, name))
}

function rowOf(name: string, schema: JsonSchema, required: boolean): Row {
  const fallback = required ? 'required' : schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``
  return [`\`${name}\``, typeText(schema), fallback, schema.description ?? '']
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${String(one)}\``).join(', ')
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return [...new Set(options.map(typeText))].join(' or ')
  if (schema.type === 'array')
    return schema.items?.type === 'object' ? 'list of maps' : `list of ${typeText(schema.items ?? {})}`
  if (schema.type === 'object') {
    const keys = Object.keys(schema.properties ?? {})
    return keys.length > 0 && keys.length < 6 ? `{ ${keys.join(', ')} }` : 'map'
  }
  return typeNames[schema.type ?? ''] ?? 'anything'
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true`, `false`',
  null: '`null`',
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}
