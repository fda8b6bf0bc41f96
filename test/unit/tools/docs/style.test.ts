import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../../../src/cli/program.ts'
import { banned } from './banned.ts'
import { type Page, pages, prose } from './markdown.ts'

/** Pages that follow docs/contributing/style.md: those in English, except the playbook reference. */
const held = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  /^docs\/(?:ARCHITECTURE|index|install|quickstart)\.md/,
  /^docs\/(?:concepts|decisions)\//,
  /^docs\/guides\//,
  /^docs\/reference\/(?!playbooks)/,
  /^docs\/troubleshooting\//,
  /^docs\/contributing\//,
]
const chosen = pages().filter(({ file }) =>
  held.some((one) => (typeof one === 'string' ? one === file : one.test(file))),
)

/** Most words of a sentence. */
const LONGEST = 25

/** The sentences of a page: of its paragraphs, list items and cells. Code and quotations are left out. */
function sentences(page: Page): string[] {
  return prose(page)
    .replace(/`[^`]*`/g, 'CODE')
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/"[^"]*"/g, 'QUOTE')
    .replace(/\n(?= *(?:[-*|#]|\d+\.|$))/gm, '\n\n')
    .split(/\n{2,}|\|/)
    .flatMap((part) => part.replaceAll('\n', ' ').split(/(?<=[.:;!?])\s/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
}

it.each([
  ['A host is mended.', ['mended']],
  ['It is "made anew".', []],
  ['Run `provision remove --for good`.', []],
])('%s', (text, found) => {
  const page = { file: 'x.md', text, blocks: [] }
  expect(sentences(page).flatMap((sentence) => sentence.match(banned) ?? [])).toEqual(found)
})

/** The help of a command and of those below it, as a page. */
function helpOf(command: Command): string {
  const own = [command.summary(), command.description(), ...command.options.map((option) => option.description)]
  const examples = command.helpInformation().split('Examples:')[1] ?? ''
  return [...own, examples, ...command.commands.map(helpOf)].join('\n\n')
}
const help = { file: 'the help of all commands', text: helpOf(createProgram()), blocks: [] }

describe.each([...chosen, help].map((page) => ({ file: page.file, page })))('$file', ({ page }) => {
  it('has none of the words that the style rules out', () => {
    expect(sentences(page).filter((sentence) => sentence.match(banned))).toEqual([])
  })

  it(`has no sentence of more than ${LONGEST} words`, () => {
    expect(sentences(page).filter((sentence) => sentence.split(/\s+/).length > LONGEST)).toEqual([])
  })
})

it('the pages held to the style are there', () => expect(chosen.length).toBeGreaterThanOrEqual(held.length))
