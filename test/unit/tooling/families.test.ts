import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const families = resolve(import.meta.dirname, '../../../src/shell/families')
const rest = ['runtime', 'library'].map((folder) => textOf(join(families, '..', folder))).join('\n')

function textOf(directory: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sh'))
  return names.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n')
}

function functionsOf(text: string): string[] {
  return [...text.matchAll(/^([a-z_]+)\(\)/gm)].map(([, name = '']) => name)
}

const names = readdirSync(families)
const own = new Map(names.map((name) => [name, functionsOf(textOf(join(families, name)))]))

test.each(names)('the family %s has all that the libraries call of a family', (family) => {
  const called = [...new Set([...own.values()].flat())].filter((name) => new RegExp(`\\b${name}\\b`).test(rest))
  expect(called.filter((name) => !own.get(family)?.includes(name))).toEqual([])
})
