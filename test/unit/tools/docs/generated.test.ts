import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { catalogue } from '../../../../src/catalogue/load.ts'
import { examples } from '../../../../src/cli/examples.ts'
import { createProgram } from '../../../../src/cli/program.ts'
import { readInventory } from '../../../../src/inventory/load.ts'
import { modules } from '../../../../src/modules/index.ts'
import { variablesOf } from '../../../../src/variables/variables.ts'
import { cliReference } from '../../../../tools/docs/cli.ts'
import { decisionsIndex } from '../../../../tools/docs/decisions.ts'
import { eventsReference } from '../../../../tools/docs/events.ts'
import { inventoryReference, playbookReference } from '../../../../tools/docs/reference.ts'
import { inventoryJsonSchema, playbookJsonSchema, statusJsonSchema } from '../../../../tools/docs/schemas.ts'
import { sshConfigReference } from '../../../../tools/docs/ssh-config.ts'
import { variablesReference } from '../../../../tools/docs/variables.ts'
import { pages } from './markdown.ts'
import { messages } from './messages.ts'

const example = readFileSync(new URL('../../../../inventory/full.yaml', import.meta.url), 'utf8')
const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
const small = readInventory('cluster: lab\nhosts: { cp1: { address: 10.0.0.11, role: control-plane } }\n', 'hosts.yaml')
const variables = small.hosts.map((host) => variablesOf(small, host, facts, catalogue))
const decisions = pages()
  .filter(({ file }) => /^docs\/decisions\/\d/.test(file))
  .map(({ file, text }) => [file.replace('docs/decisions/', ''), text] as const)
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** What is committed is what the schemas and tables say; `npm run docs` writes it. */
it.each([
  ['schema/inventory.json', json(inventoryJsonSchema())],
  ['schema/playbook.json', json(playbookJsonSchema(modules))],
  ['schema/status.json', json(statusJsonSchema())],
  ['reference/inventory.md', inventoryReference(example)],
  ['reference/playbooks.md', playbookReference(modules)],
  ...variables.map((example): [string, string] => ['reference/variables.md', variablesReference(example)]),
  ['reference/ssh-config.md', sshConfigReference()],
  ['reference/cli.md', cliReference(createProgram(), examples)],
  ['reference/events.md', eventsReference()],
  ['troubleshooting/index.md', messages()],
  ['decisions/index.md', decisionsIndex(decisions)],
])('docs/%s', async (file, text) => {
  await expect(text).toMatchFileSnapshot(`../../../../docs/${file}`)
})
