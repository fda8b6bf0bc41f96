import { execFileSync, spawn } from 'node:child_process'
import { open } from 'node:fs/promises'

/** Runs one program and answers the seconds it took; what it prints goes to the log. Throws when it fails. */
export async function run(
  words: readonly string[],
  { log = '/dev/null', env = {} }: { log?: string; env?: Record<string, string> } = {},
): Promise<number> {
  const file = await open(log, 'a')
  try {
    const [program = '', ...rest] = words
    const start = performance.now()
    const child = spawn(program, rest, { stdio: ['ignore', file.fd, file.fd], env: { ...process.env, ...env } })
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve))
    const seconds = (performance.now() - start) / 1000
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}; its output is in ${log}`)
    return seconds
  } finally {
    await file.close()
  }
}

/** Runs one program, whose output is dropped, and answers the seconds of CPU of it and its children. Throws when it fails. */
export function cpu(words: readonly string[]): number {
  const text = execFileSync('sh', ['-c', '"$@" >/dev/null && times', 'sh', ...words], { encoding: 'utf8' })
  // The second line is of the shell's children: user and system time, such as 0m0.05s 0m0.01s.
  const spent =
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.matchAll(/(\d+)m([\d.]+)s/g) ?? []
  return [...spent].reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0)
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1)
  return (low + high) / 2
}
