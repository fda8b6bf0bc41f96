import { readFile } from 'node:fs/promises'
import { $ } from './program.ts'

/** Every mount point at or below a directory, deepest first. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  const points = table.split('\n').map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`)).reverse()
}

export async function isMounted(point: string): Promise<boolean> {
  return (await mountsBelow(point)).includes(point)
}

/** Takes away what is mounted at or below a directory; throws when something still uses it. */
export async function unmountBelow(directory: string): Promise<void> {
  for (const point of await mountsBelow(directory)) await $`umount ${point}`
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
