import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { modules } from '../../../src/modules/index.ts'
import { checkPlaybooks } from '../../../src/playbook/check.ts'
import { parsePlaybook } from '../../../src/playbook/parse.ts'
import { rehearse } from '../../../src/playbook/rehearse.ts'

const directory = new URL('malformed/', import.meta.url)
const cases = readdirSync(directory).filter((name) => name.endsWith('.yaml'))
const inventory = readInventory(
  `
cluster: lab
hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  w1: { address: 10.0.0.21, role: worker }
`,
  'hosts.yaml',
)

/** NAME.yaml is refused with exactly the problems of NAME.txt. `vitest -u` writes those anew, for review. */
describe('malformed playbooks', () => {
  it.each(cases)('%s', async (name) => {
    const refusal = refused(readFileSync(new URL(name, directory), 'utf8'))
    for (const problem of refusal.problems) {
      expect(problem.hint, problem.message).toBeTruthy()
      expect(problem.source?.line, problem.message).toBeGreaterThan(0)
      expect(problem.source?.column, problem.message).toBeGreaterThan(0)
    }
    await expect(`${refusal.message}\n`).toMatchFileSnapshot(`malformed/${basename(name, '.yaml')}.txt`)
  })
})

/** All that a run does before it contacts a host: read, check together, rehearse. */
function refused(text: string): UserError {
  try {
    const { playbook, problems } = parsePlaybook(text, 'extra.yaml', '/playbooks', modules)
    if (problems.length > 0) return new UserError(problems)
    const playbooks = [playbook].flatMap((one) => one ?? [])
    checkPlaybooks(playbooks, inventory)
    rehearse({ playbooks, inventory, modules, variablesOf: () => ({}) })
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('the playbook was taken')
}
