import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Problem } from '../../../src/errors.ts'
import { UserError } from '../../../src/errors.ts'
import { readInventory } from '../../../src/inventory/load.ts'

const directory = new URL('refused/', import.meta.url)
const subjects = readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => basename(name, '.yaml'))

const hosts = `hosts:
  cp1: { address: 10.0.0.11, role: control-plane }
  w1: { address: 10.0.0.21, role: worker }
`

/**
 * refused/SUBJECT.yaml names inputs that something refuses later, and what is written then: below two hosts, where it
 * has no hosts of its own. SUBJECT.txt has the messages; `vitest -u` writes it again, for review.
 */
describe.each(subjects)('refused inventories: %s', (subject) => {
  const cases = Object.entries(parse(readFileSync(new URL(`${subject}.yaml`, directory), 'utf8')) as object)

  it.each(cases)('%s', (_name, text: string) => {
    const problems = problemsOf(text)
    expect(problems).not.toEqual([])
    for (const { hint, source, message } of problems) {
      expect(hint, message).toBeTruthy()
      expect(source?.line, message).toBeGreaterThan(0)
      expect(source?.column, message).toBeGreaterThan(0)
    }
  })

  it('says where, why and what to write', async () => {
    const told = cases.map(([name, text]) => `# ${name}\n${new UserError(problemsOf(text)).message}\n`).join('\n')
    await expect(told).toMatchFileSnapshot(`refused/${subject}.txt`)
  })
})

describe('accepted inventories', () => {
  const cases = parse(readFileSync(new URL('accepted.yaml', import.meta.url), 'utf8')) as object

  it.each(Object.entries(cases))('%s', (_name, text: string) => {
    expect(problemsOf(text)).toEqual([])
  })
})

function problemsOf(text: string): readonly Problem[] {
  const whole = /^hosts:/m.test(text) ? text : `${hosts}${text}`
  try {
    readInventory(`cluster: lab\n${whole.trimEnd()}\n`, 'hosts.yaml')
    return []
  } catch (error) {
    if (error instanceof UserError) return error.problems
    throw error
  }
}
