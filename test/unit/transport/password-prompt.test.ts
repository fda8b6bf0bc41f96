import { expect, it } from 'vitest'
import { passwordPrompt } from '../../../src/transport/password-prompt.ts'

const hidden = (prompt: string) => ({ prompt, echo: false })
const shown = (prompt: string) => ({ prompt, echo: true })

/** What is answered to each round of questions. */
function answers(...rounds: { prompt: string; echo?: boolean }[][]): string[][] {
  const answered: string[][] = []
  const answer = passwordPrompt('secret')
  for (const prompts of rounds) answer('', '', '', prompts as never, (given) => answered.push(given))
  return answered
}

it.each([
  'Password: ',
  "ops's password: ",
  '(ops@w1) Password: ',
  'Password for ops@w1:',
  'Passwort: ',
  'Mot de passe : ',
  '密码：',
  '口令：',
])('answers %s', (prompt) => {
  expect(answers([hidden(prompt)])).toEqual([['secret']])
})

it.each([
  ['a second factor', [hidden('Verification code: ')]],
  ['a one-time password', [hidden('One-time password (OATH) for `ops`: ')]],
  ['a new password', [hidden('New password: ')]],
  ['a question that is shown', [shown('Password: ')]],
  ['another question', [hidden('Mother’s maiden name? ')]],
  ['a password and more', [hidden('Password: '), hidden('Verification code: ')]],
  ['no question', []],
])('does not answer %s', (_what, prompts) => {
  expect(answers(prompts)).toEqual([[]])
})

it('answers once', () => {
  expect(answers([], [hidden('Password: ')], [hidden('Password: ')])).toEqual([[], ['secret'], []])
})
