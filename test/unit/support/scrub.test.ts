import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { scrub } from '../../../src/support/scrub.ts'

interface Case {
  readonly text: string
  readonly gone?: readonly (string | number)[]
  readonly left?: readonly string[]
}

const cases = parse(readFileSync(new URL('scrub.yaml', import.meta.url), 'utf8')) as readonly Case[]

it.each(cases.map((each) => [each.text.split('\n')[0], each] as const))('%s', (_, { text, gone, left }) => {
  const scrubbed = scrub(text)
  for (const secret of gone ?? []) expect(scrubbed).not.toContain(String(secret))
  for (const word of left ?? []) expect(scrubbed).toContain(word)
  if (gone === undefined && left === undefined) expect(scrubbed).toBe(text)
  // What has been scrubbed once says the same a second time.
  expect(scrub(scrubbed)).toBe(scrubbed)
})

it('takes no time over what is long and says nothing', () => {
  const long = `${'a'.repeat(200_000)} password ${'='.repeat(1000)}\n`.repeat(4)
  const begun = performance.now()
  scrub(long)
  expect(performance.now() - begun).toBeLessThan(3000)
})
