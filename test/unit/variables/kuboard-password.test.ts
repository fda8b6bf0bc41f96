import { expect, it } from 'vitest'
import { kuboardPasswordProblem } from '../../../src/variables/kuboard-password.ts'

it.each([
  'Kuboard123',
  'kuboard123',
  'short',
  'two words',
  'star*star',
  'back\\slash',
  '-n-as-in-echo',
  "quo'ted-one",
  '',
])('Kuboard is not given the password %j', (password) => expect(kuboardPasswordProblem(password)).toMatch(/^(is|has) /))

it.each(['correct-horse', 'aB3._@%+=:,!#^~/-', '8letters'])('Kuboard is given the password %j', (password) =>
  expect(kuboardPasswordProblem(password)).toBeUndefined(),
)
