import { isCancel, password } from '@clack/prompts'
import { UserError } from '../errors.ts'

/** Asks for a secret on the terminal; it is not echoed. Throws UserError where there is no terminal, or nobody answers. */
export async function askSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError(
      `there is no terminal to ask for the ${question.replace(/:\s*$/, '')} on`,
      'say in the inventory where it comes from: { env: NAME } or { file: PATH }',
    )
  }
  const answer = await password({ message: question })
  if (isCancel(answer)) throw new UserError('no answer', 'try again, or name a file in the inventory')
  return answer
}
