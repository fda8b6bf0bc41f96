import { bech32 } from '@scure/base'
import { Encrypter } from 'age-encryption'
import { expect, it } from 'vitest'
import { recipientProblem } from '../../../../src/inventory/backup/age-recipient.ts'

const encoded = (prefix: string, bytes: number) =>
  bech32.encode(prefix, bech32.toWords(new Uint8Array(bytes).fill(7)), false)
const good = encoded('age', 32)

const texts: readonly (readonly [name: string, text: string])[] = [
  ['an X25519 key', good],
  ['a post-quantum key', encoded('age1pq', 1216)],
  ['a key of a security token', encoded('age1tag', 33)],
  ['a post-quantum key of a security token', encoded('age1tagpq', 1249)],
  ['a byte too few', encoded('age', 31)],
  ['a byte too many', encoded('age1pq', 1217)],
  ['no bytes', encoded('age', 0)],
  ['another prefix', encoded('bge', 32)],
  ['a prefix of another kind', encoded('age1tag', 32)],
  ['a prefix that is a word of every object', encoded('constructor', 32)],
  ['a wrong letter', good.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))],
  ['capital letters', good.toUpperCase()],
  ['a capital letter', good.replace(/.$/, (last) => last.toUpperCase())],
  ['a space', `${good} `],
  ['nothing', ''],
  ['no key', 'age1nonsense'],
  ['a plugin', 'age1yubikey1qqq'],
]

it.each(texts)('takes what age-encryption takes: %s', (_name, text) => {
  const taken = () => new Encrypter().addRecipient(text)
  if (recipientProblem(text) === undefined) expect(taken).not.toThrow()
  else expect(taken).toThrow()
})

it.each(texts.slice(0, 4))('knows %s', (_name, text) => expect(recipientProblem(text)).toBeUndefined())
