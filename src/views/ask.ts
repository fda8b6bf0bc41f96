import { isCancel, password, text } from '@clack/prompts'
import { clean, quoted } from '../clean.ts'
import { UserError } from '../errors.ts'
import { err } from '../screen.ts'

/** Asks for a secret on the terminal; it is not echoed. Throws UserError where there is no terminal, or nobody answers. */
export async function askSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError(
      `no terminal to ask for the ${question.replace(/:\s*$/, '')}`,
      'name its source in the inventory: { env: NAME } or { file: PATH }',
    )
  }
  const answer = await password({ message: clean(question) })
  if (isCancel(answer)) throw new UserError('no answer', 'try again, or name a file in the inventory')
  return answer
}

/**
 * Has the operator type the cluster's name before what cannot be undone; `deed` says what that is, on one line or several.
 * With `yes` nobody is asked. Throws UserError, so exit code 2 with nothing done, where there is no terminal or no answer.
 */
export async function confirmCluster(cluster: string, deed: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY || !err.isTTY) {
    throw new UserError(
      `${firstLine(deed)}: confirmation requires a terminal, and there is none`,
      'add --yes to skip the confirmation',
    )
  }
  const answer = await text({
    message: question(cluster, deed),
    validate: (typed) => (typed?.trim() === cluster ? undefined : `that is not ${cluster}; press Ctrl-C to exit`),
    // Standard output may be somebody's JSON.
    output: err.stream,
  })
  if (isCancel(answer)) throw new UserError('not confirmed; no changes were made')
}

/** The deed in lines that none of a host can pass for the question itself, which comes last. */
export function question(cluster: string, deed: string): string {
  const [first = '', ...more] = deed.split('\n').map((line) => quoted(line, 2000))
  return [first, ...more.map((line) => `  ${line}`), `Type the cluster's name to continue: ${cluster}`].join('\n')
}

function firstLine(text: string): string {
  return text.split('\n')[0] as string
}
