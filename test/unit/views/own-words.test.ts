import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hintFor } from '../../../src/views/hints.ts'

// Hints are found in what hosts say. A sentence of ours that matched would be explained by itself, whatever is wrong: what
// we have to advise stands in the sentence, or in the error's own hint.

const root = new URL('../../../', import.meta.url)
const files = globSync(['src/**/*.{ts,sh}', 'playbooks/**/*.yaml', '{addons,networks,scripts,templates}/**/*'], {
  cwd: root,
  exclude: ['src/views/causes/**'],
  withFileTypes: true,
}).flatMap((entry) => (entry.isFile() ? [`${entry.parentPath}/${entry.name}`] : []))

/** What is told in a file: by a program on a host, and by errors; with a word for what is filled in. */
function sentencesOf(text: string): string[] {
  const told = [
    ...text.matchAll(/\b(?:say|note|give_up|echo|wait_for \S+)\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g),
    ...text.matchAll(/Error\(\s*(?:'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g),
    ...text.matchAll(/\bmessage:\s*(?:'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g),
  ]
  return told.map(([, double, single]) => (double ?? single ?? '').replaceAll(/\$\{[^}]*\}|\$\w+|\$\([^)]*\)/g, 'word'))
}

const sentences = [...new Set(files.flatMap((file) => sentencesOf(readFileSync(file, 'utf8'))))]

test('what we say ourselves is told apart from what hosts say', () => {
  expect(sentences.length).toBeGreaterThan(400)
  expect(sentences).toContain('the program exited unexpectedly (killed, out of memory, or host down)')
  expect(sentences.filter((sentence) => hintFor(sentence) !== undefined)).toEqual([])
})
