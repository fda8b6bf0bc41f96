import { parseSync } from '@swc/core'

/** A node of the syntax tree, of which the kinds that matter here are told apart by their fields. */
export type Node = { readonly type: string } & Readonly<Record<string, unknown>>

/** Calls `see` with each node of a TypeScript source, outer ones first. Nodes within one for which it returns false are left out. */
export function visitSource(source: string, see: (node: Node) => boolean): void {
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('type' in node && !see(node as Node)) return
    Object.values(node).forEach(visit)
  }
  visit(parseSync(source, { syntax: 'typescript' }).body)
}
