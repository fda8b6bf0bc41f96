import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { init } from '../../../src/operations/init.ts'
import { writeSchemas } from '../../../src/state/editor-schemas.ts'

const directory = mkdtempSync(join(tmpdir(), 'init-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('the schema that the first line names lies there, and accepts the file', async () => {
  const file = join(directory, 'new.yaml')
  expect(await init(file, { controlPlanes: '10.0.0.11', workers: '10.0.0.21' })).toBe(0)
  const text = readFileSync(file, 'utf8')
  const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? ''
  const schema = JSON.parse(readFileSync(resolve(dirname(file), named), 'utf8')) as { $id: string }
  expect(schema.$id).toBe('urn:provision:schema:inventory')
  const accepts = new Ajv2020({ strict: false }).compile(schema)
  expect([accepts(parse(text)), accepts({ ...parse(text), hosts: 1 })]).toEqual([true, false])
})

test('a later version replaces the schemas of an earlier one', () => {
  const file = join(directory, '.provision/playbook.schema.json')
  writeFileSync(file, '{}')
  writeSchemas(join(directory, 'hosts.yaml'))
  expect(readFileSync(file, 'utf8')).toBe(readFileSync('docs/schema/playbook.json', 'utf8'))
})
