import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { variablesOf } from '../../../src/variables/variables.ts'

const root = new URL('../../../', import.meta.url).pathname
const texts = ['playbooks', 'templates', 'scripts', 'addons', 'networks']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  )
  .join('\n')

const inventory = readInventory('cluster: lab\nhosts: { cp1: { address: 10.0.0.11, role: control-plane } }\n', 'h.yaml')
const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
const names = inventory.hosts.flatMap((host) => Object.keys(variablesOf(inventory, host, facts, catalogue)))

it.each(names)('a playbook or template uses %s', (name) => {
  expect(texts).toMatch(new RegExp(`\\b${name}\\b`))
})
