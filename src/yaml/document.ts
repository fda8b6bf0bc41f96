import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml'
import type { Problem, SourceRef } from '../errors.ts'

export type Path = readonly (string | number)[]

/** A YAML file as plain data, and where in the file each piece of it stands. */
export interface YamlDocument {
  readonly file: string
  readonly data: unknown
  /** Where the value at the path begins, or its key. Of a path that is not there: its nearest ancestor. */
  locate(path: Path, part?: 'key' | 'value'): SourceRef
  /** A scalar as it stands in the file: `1.30`, not 1.3. */
  written(path: Path): string | undefined
}

/** What reading a file gave. Without a document the problems say why; with one they may still be errors. */
export interface Parsed {
  readonly document?: YamlDocument | undefined
  readonly problems: readonly Problem[]
}

/** Reads YAML 1.2. `file` is what positions name. */
export function parseYaml(text: string, file: string): Parsed {
  const counter = new LineCounter()
  const parsed = parseAllDocuments(text, {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: false,
  })
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : []
  const position = (offset: number): SourceRef => {
    const { line, col } = counter.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const first = documents.find((document) => document.contents !== null)
  if (first === undefined) {
    const broken = documents.flatMap((document) => document.errors).map((error) => syntaxProblem(error, text, position))
    const empty = { message: 'the file is empty', source: position(0), hint: 'add settings' }
    return { problems: broken.length > 0 ? broken : [empty] }
  }
  const others = documents.filter((document) => document !== first && document.contents !== null)
  const problems = [
    ...documents
      .flatMap((document) => [...document.errors, ...document.warnings])
      .map((error) => syntaxProblem(error, text, position)),
    ...others.map((other) => ({
      message: 'the file holds more than one YAML document',
      source: position(other.range[0]),
      hint: 'keep one document and remove the --- line',
    })),
    ...aliasProblems(first, position),
  ]
  const fatal = first.errors.some((error) => error.code !== 'DUPLICATE_KEY') || unresolved(first) !== undefined
  if (fatal) return { problems }
  try {
    return { document: makeDocument(first, file, position), problems }
  } catch (error) {
    const message = `the file cannot be read: ${(error as Error).message}`
    return { problems: [...problems, { message, source: position(0), hint: 'use fewer aliases' }] }
  }
}

function makeDocument(document: Document.Parsed, file: string, position: (offset: number) => SourceRef): YamlDocument {
  return {
    file,
    data: document.toJS({ maxAliasCount: 100 }),
    locate(path, part = 'value') {
      const offset = offsetOf(document, path, part)
      return position(offset)
    },
    written(path) {
      const node = document.getIn(path, true)
      return isScalar(node) ? node.source : undefined
    },
  }
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = document.contents?.range?.[0] ?? 0
  for (const [index, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    let next: unknown
    if (isMap(node)) {
      const pair = node.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(segment))
      if (pair === undefined) return offset
      const key = (pair.key as Node).range?.[0]
      if (key !== undefined) offset = key
      if (part === 'key' && index === path.length - 1) return offset
      next = pair.value
    } else if (isSeq(node)) {
      next = node.items[Number(segment)]
    }
    if (next === undefined || next === null) return offset
    const begin = (next as Node).range?.[0]
    // A missing value (`key:` alone) has a place after its key; the key is what to look at.
    if (begin !== undefined && !(isScalar(next) && next.value === null && next.source === '')) offset = begin
    node = next
  }
  return offset
}

function unresolved(document: Document.Parsed): { offset: number; name: string } | undefined {
  let found: { offset: number; name: string } | undefined
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return undefined
      found = { offset: node.range?.[0] ?? 0, name: node.source }
      return visit.BREAK
    },
  })
  return found
}

function aliasProblems(document: Document.Parsed, position: (offset: number) => SourceRef): Problem[] {
  const problems: Problem[] = []
  const alias = unresolved(document)
  if (alias !== undefined) {
    const message = `*${alias.name} refers to a missing anchor`
    problems.push({
      message,
      source: position(alias.offset),
      hint: `write &${alias.name} before the value that it names, or quote the text`,
    })
  }
  return problems
}

const remedies: ReadonlyMap<string, string> = new Map(
  Object.entries({
    DUPLICATE_KEY: 'keep one of the two',
    TAB_AS_INDENT: 'indent with spaces',
    BAD_INDENT: 'align it with its neighbours, two spaces per level',
    MISSING_CHAR: 'close the quote or bracket that was opened before',
    BAD_ALIAS: 'quote text that begins with *',
    TAG_RESOLVE_FAILED: 'remove the !tag: this file supports no tags',
    BLOCK_AS_IMPLICIT_KEY: 'quote values that contain ": "',
    MULTILINE_IMPLICIT_KEY: 'end the key with a colon, or quote the text',
  }),
)

function syntaxProblem(error: YAMLError, text: string, position: (offset: number) => SourceRef): Problem {
  const tab = error.code !== 'DUPLICATE_KEY' && /^[ ]*\t/.test(lineAt(text, error.pos[0]))
  const message = error.code === 'DUPLICATE_KEY' ? `${keyAt(text, error.pos[0])} is set twice` : error.message
  const hint = tab ? remedies.get('TAB_AS_INDENT') : (remedies.get(error.code) ?? 'correct the YAML at this place')
  return { message: tab ? 'YAML cannot be indented with tabs' : message, source: position(error.pos[0]), hint }
}

function lineAt(text: string, offset: number): string {
  const begin = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(begin, end === -1 ? undefined : end)
}

function keyAt(text: string, offset: number): string {
  return /^[^\s:]+/.exec(text.slice(offset))?.[0] ?? 'this key'
}
