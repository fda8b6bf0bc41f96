import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
const lines = globSync('{src,lab/src,tools,bench}/**/*.ts', { cwd: repository }).map((name) => ({
  name,
  count: readFileSync(join(repository, name), 'utf8').trimEnd().split('\n').length,
}))

test('no source file has more than 250 lines', () => {
  expect(lines.filter(({ count }) => count > 250)).toEqual([])
})

test('half of the source files have at most 80 lines', () => {
  const counts = lines.map(({ count }) => count).sort((a, b) => a - b)
  expect(counts.length).toBeGreaterThan(100)
  expect(counts[Math.floor(counts.length / 2)]).toBeLessThanOrEqual(80)
})
