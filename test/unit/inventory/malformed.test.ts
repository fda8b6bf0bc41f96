import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { readInventory } from '../../../src/inventory/load.ts'

const directory = new URL('malformed/', import.meta.url)
const cases = readdirSync(directory).filter((name) => name.endsWith('.yaml'))

/** NAME.yaml is refused with exactly the problems of NAME.txt. `vitest -u` writes those anew, for review. */
describe('malformed inventories', () => {
  it.each(cases)('%s', async (name) => {
    const refusal = refused(readFileSync(new URL(name, directory), 'utf8'))
    for (const problem of refusal.problems) {
      expect(problem.hint, problem.message).toBeTruthy()
      expect(problem.source?.line, problem.message).toBeGreaterThan(0)
      expect(problem.source?.column, problem.message).toBeGreaterThan(0)
    }
    await expect(`${refusal.message}\n`).toMatchFileSnapshot(`malformed/${basename(name, '.yaml')}.txt`)
  })

  it('never repeat a secret that stands in the file', () => {
    const { message } = refused(readFileSync(new URL('password-in-file.yaml', directory), 'utf8'))
    expect(message).not.toContain('hunter2')
    expect(message).not.toContain('123456')
  })
})

function refused(text: string): UserError {
  try {
    readInventory(text, 'hosts.yaml')
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('the inventory was taken')
}
