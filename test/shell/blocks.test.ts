import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { lines } from '../../src/modules/files/lines.ts'
import type { Module, ModuleContext } from '../../src/modules/module.ts'
import { placeTest as it, outline, shells, type TestTask, textOf } from './harness.ts'

interface Case {
  readonly name: string
  readonly file: string
  readonly lines: readonly string[]
  readonly before?: string
  readonly after?: string
  readonly settled?: true
  readonly whereExists?: string
}

const text = readFileSync(new URL('cases/blocks.yaml', import.meta.url), 'utf8')
const cases = parse(text.replaceAll('SELF', hostname())) as readonly Case[]
const context = { id: 't1', isSecret: () => false } as Partial<ModuleContext> as ModuleContext

// What is written belongs to root.
describe.concurrent.each(process.getuid?.() === 0 ? shells : [])(
  'a block together with its file, under %s',
  (shell) => {
    it.for(cases)('$name', async (given, { place }) => {
      const path = join(place.work, given.file)
      const block = `# provision:b begin\n${given.lines.join('\n')}\n# provision:b end\n`
      const filled = (content: string | undefined) => content?.replace('BLOCK', block)
      if (given.before !== undefined) writeFileSync(path, filled(given.before) as string)
      const content = given.lines.length === 0 ? { absent: true } : { content: given.lines.join('\n') }
      const module = lines as Module
      const body = module.compile(
        module.schema.parse({ path, block: 'b', whereExists: given.whereExists, ...content }),
        context,
      )
      const run = (mode: 'check' | 'apply') =>
        place.program(shell, [{ ...body, output: undefined } as TestTask], { mode }).run()
      const planned = await run('check')
      expect(outline(planned)).toEqual([given.settled ? 'ok t1' : 'would-change t1', 'end done'])
      expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined).toBe(filled(given.before))
      const applied = await run('apply')
      expect(outline(applied), textOf(applied, 'log', 't1')).toEqual(
        given.settled ? ['ok t1', 'end done'] : ['start t1', 'changed t1', 'end done'],
      )
      expect(readFileSync(path, 'utf8')).toBe(filled(given.after ?? given.before))
      expect(outline(await run('apply'))).toEqual(['ok t1', 'end done'])
    })
  },
)
