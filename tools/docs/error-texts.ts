import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Expression } from '@swc/core'
import { type Node, visitSource } from './syntax.ts'

/** An error that a source file throws: its message, with … for each value, and its hint. */
export interface ErrorText {
  readonly message: string
  readonly hint: string
}

const source = join(import.meta.dirname, '../../src')

/**
 * Errors of a folder of src: calls such as `new UserError('message', 'hint')` with both as text, and the rows of tables that
 * end in a message and a hint.
 */
export function errorTexts(folder: string): ErrorText[] {
  const files = readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' }).sort()
  const found = files.filter((name) => name.endsWith('.ts')).flatMap((name) => textsOf(join(source, folder, name)))
  const distinct = new Map(found.map((text) => [text.message, text]))
  return [...distinct.values()]
}

function textsOf(file: string): ErrorText[] {
  const found: ErrorText[] = []
  visitSource(readFileSync(file, 'utf8'), (node) => {
    const pair = argumentsOfError(node) ?? rowOfTable(node) ?? errorOfSocket(node)
    const [message, hint] = pair?.map(textOf) ?? []
    if (message !== undefined && hint !== undefined) found.push({ message, hint })
    return true
  })
  return found
}

function argumentsOfError(node: Node): Expression[] | undefined {
  if (node.type !== 'NewExpression' || !/Error$/.test((node.callee as { value?: string }).value ?? '')) return undefined
  return elements(node.arguments).slice(0, 2)
}

/** `[/pattern/, 'message', 'hint']` */
function rowOfTable(node: Node): Expression[] | undefined {
  if (node.type !== 'ArrayExpression') return undefined
  const [pattern, ...texts] = elements(node.elements)
  return pattern?.type === 'RegExpLiteral' && texts.length === 2 ? texts : undefined
}

/** `ECONNREFUSED: ['message', 'hint']` */
function errorOfSocket(node: Node): Expression[] | undefined {
  const isCode = node.type === 'KeyValueProperty' && /^E[A-Z_]+$/.test((node.key as { value?: string }).value ?? '')
  return isCode ? elements((node.value as { elements?: unknown }).elements) : undefined
}

function elements(list: unknown): Expression[] {
  return ((list ?? []) as ({ expression: Expression } | null)[]).flatMap((one) => one?.expression ?? [])
}

function textOf(node: Expression): string | undefined {
  if (node.type === 'StringLiteral') return node.value
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ cooked }) => cooked).join('…')
  return undefined
}
