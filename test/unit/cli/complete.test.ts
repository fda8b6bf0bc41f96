import { expect, test } from 'vitest'
import { type Completion, complete } from '../../../src/cli/complete.ts'
import { createProgram } from '../../../src/cli/program.ts'

const program = createProgram()
const hosts = async (inventory?: string) => (inventory === 'other.yaml' ? ['o1'] : ['cp1', 'w1', 'w2'])

/** The words offered, without what is said of them. */
async function offered(...words: string[]): Promise<Completion> {
  const found = await complete(program, words, { hosts })
  return found === 'files' ? found : found.map((line) => line.split('\t')[0] ?? '')
}

const cases: { typed: string[]; offered: Completion }[] = [
  { typed: ['pl'], offered: ['plan'] },
  { typed: ['k'], offered: ['kubeconfig'] },
  { typed: ['__'], offered: [] },
  { typed: ['--inv'], offered: ['--inventory'] },
  { typed: ['plan', '--lim'], offered: ['--limit'] },
  { typed: ['kubeconfig', '--p'], offered: ['--path'] },
  { typed: ['dash'], offered: ['dashboard'] },
  { typed: ['dashboard', '--f'], offered: ['--for'] },
  { typed: ['--output', ''], offered: ['live', 'plain', 'json'] },
  { typed: ['plan', '-o', 'j'], offered: ['json'] },
  { typed: ['--inventory', ''], offered: 'files' },
  { typed: ['--limit', 'w'], offered: ['w1', 'w2'] },
  { typed: ['--limit', 'role=w'], offered: ['role=worker'] },
  { typed: ['plan', '--limit', 'cp1,w'], offered: ['cp1,w1', 'cp1,w2'] },
  { typed: ['--inventory', 'other.yaml', 'plan', '--limit', 'o'], offered: ['o1'] },
  { typed: ['compile', '--host', 'c'], offered: ['cp1'] },
  { typed: ['run', ''], offered: 'files' },
  { typed: ['reset', 'w'], offered: ['w1', 'w2'] },
  { typed: ['add', 'cp1', 'w'], offered: ['w1', 'w2'] },
  { typed: ['remove', '--gone', 'w'], offered: ['w1', 'w2'] },
  { typed: ['remove', '--drain-timeout', ''], offered: [] },
  { typed: ['reset', '--p'], offered: ['--packages'] },
  { typed: ['lab', 'd'], offered: ['down'] },
  { typed: ['completion', ''], offered: ['bash', 'zsh', 'fish'] },
  { typed: ['--concurrency', ''], offered: [] },
  { typed: ['--limit', 'w1', 'st'], offered: ['status'] },
]

test.each(cases)('completes $typed', async (one) => {
  expect(await offered(...one.typed)).toEqual(one.offered)
})

test('what is offered says what it is', async () => {
  expect(await complete(program, ['plan'], { hosts })).toEqual([expect.stringMatching(/^plan\tpreview what/)])
})
