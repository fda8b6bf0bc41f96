import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { scrub } from '../../../src/secrets/scrub.ts'

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

/** Pieces that patterns begin with, in numbers: what tries every place, and every length from there, does not come to an end. */
const pieces = [
  ...['a', ' ', '\t', '\n', '=', '"', "'", '\\', '\\"', ',', ';', '@', ':', '/', '-', '{', '[', '$', 'é'],
  ...['name: token ', 'password: ', 'password: |\n ', '"password":"\\', 'name: token\n', 'auth = ', '-u a:', '--user '],
  ...['https://a:', 'https://', 'authorization: [ ', 'bearer ', 'Basic ', 'cookie: ', 'eyJaaaaaaaa.', 'sshpass -p '],
  ...['-----BEGIN PRIVATE KEY-----\n', '-----END PRIVATE KEY-----', '-----BEGIN ', '\n \n', 'login a password '],
]

it.each(
  pieces.flatMap(
    (piece) =>
      [
        ['', piece],
        ['name: token', piece],
        ['password', piece],
      ] as const,
  ),
)('takes no longer than the text is long: %j and then many of %j', (before, piece) => {
  const text = `${before}${piece.repeat(Math.ceil(400_000 / piece.length))}x`
  const began = performance.now()
  scrub(text)
  // What grows with the square of the length takes minutes.
  expect(performance.now() - began).toBeLessThan(5000)
})

it('cuts lines that nobody reads', () => {
  expect(scrub(`${'a'.repeat(500_000)}\nb`)).toMatch(/^a{100000} \[[a-z ]+\]\nb$/)
})
