import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { catalogue } from '../../../../src/catalogue/load.ts'
import { portsTable, systemsTable, versionsTable } from '../../../../tools/docs/tables.ts'

/** Pages that show what is data. A row that was added is put into its page by hand, from what this test prints. */
it.each([
  ['reference/supported-systems.md', systemsTable(catalogue.systems)],
  ['guides/firewall.md', portsTable(catalogue.ports)],
  ['reference/versions.md', versionsTable(catalogue)],
])('docs/%s shows the table', (page, table) => {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8')
  const shown = text.split('\n').filter((line) => table.split('\n')[0] === line).length
  expect(shown).toBe(1)
  expect(text).toContain(`\n${table}\n`)
})
