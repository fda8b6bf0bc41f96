import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { visitSource } from '../../../../tools/docs/syntax.ts'
import { banned } from './banned.ts'
import { repository } from './markdown.ts'

/** Parts of texts that programs read: names of fields, files, marks and functions. */
const machineRead = [
  /\bmend \|\|/,
  /^\s*printf aside$/,
  /\bprovision\/theirs:/,
  /\btheirs: \{|\btheirs\.yaml/,
  /\/(?:ours|theirs)(?:\.list)?\b/,
  /\b(?:chrony|corefile|ufw)\.ours\b/,
]

/** Lines of a text with words that the style rules out. Comments of shell and EJS, and values, are left out. */
function offending(text: string): string[] {
  return text
    .replace(/<%#.*?%>/gs, '')
    .replace(/\$\{?\w+/g, '…')
    .split('\n')
    .filter((line) => !/^\s*#/.test(line) && / /.test(line))
    .filter((line) => machineRead.reduce((rest, part) => rest.replace(part, ''), line).match(banned))
    .map((line) => line.trim())
}

/** Strings and templates of a TypeScript source, but for what it imports. */
function literals(source: string): string[] {
  const found: string[] = []
  visitSource(source, ({ type, value, raw }) => {
    if (type === 'StringLiteral' && typeof value === 'string') found.push(value)
    if (type === 'TemplateElement' && typeof raw === 'string') found.push(raw)
    return type !== 'ImportDeclaration'
  })
  return found
}

/** Quoted texts of commands that print, and of variables that are printed. Programs of awk and sed are none. */
function printed(script: string): string[] {
  return script
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .flatMap((line) => line.split(/\b(?:say|note|reset_note|echo|give_up|printf|why=|no_answer=)\b/).slice(1))
    .flatMap((rest) => rest.match(/"(?:[^"\\]|\\.)*"|'[^']*'/g) ?? [])
}

it.each([
  [literals("say('a host is mended') // for good"), ['a host is mended']],
  [literals('say(`${n} stands`, sh`# ours\n  say "it is ours"`)'), ['stands', 'say "it is ours"']],
  [printed('# say "ours"\nnote "$1 is ours" \\\n  "and stays"; ours=1'), ['"… is ours"']],
])('finds what is ruled out in %j', (texts, found) => {
  expect(texts.flatMap(offending)).toEqual(found)
})

const files = (pattern: string) => globSync(pattern, { cwd: repository }).sort()
const read = (file: string) => readFileSync(join(repository, file), 'utf8')
const sources = files('{src,lab/src}/**/*.ts').map((file) => ({ file, texts: literals(read(file)) }))
const scripts = files('{src,scripts}/**/*.sh').map((file) => ({ file, texts: printed(read(file)) }))
const declared = files('{playbooks,addons,networks}/**/*.{yaml,ejs}').map((file) => ({ file, texts: [read(file)] }))

it.each([
  ['sources', sources, 300],
  ['scripts', scripts, 50],
  ['playbooks and add-ons', declared, 20],
])('texts of %s have none of the words that the style rules out', (_, all, least) => {
  expect(all.length).toBeGreaterThan(least)
  expect(all.flatMap(({ file, texts }) => texts.flatMap(offending).map((line) => `${file}: ${line}`))).toEqual([])
})
