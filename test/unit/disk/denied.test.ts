import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { refusalOf } from '../../../src/cli/refuse.ts'

const directory = mkdtempSync(join(tmpdir(), 'denied-'))
const path = join(directory, 'office', 'runs')
const asRoot = process.getuid?.() === 0

afterAll(() => rmSync(directory, { recursive: true }))

test.each([
  ['EACCES', `${directory} cannot be written by you\n  hint: \`ls -ld ${directory}\` shows its rights`],
  ['EROFS', `${directory} is on a file system that is mounted read-only\n  hint: keep the inventory where`],
  ['ENOSPC', `${directory} has not enough room\n  hint: make room`],
])('%s is no fault of ours', (code, said) => {
  const error = new Error('the lock cannot be made', { cause: failed(code) })
  const refusal = refusalOf(error, false)
  expect(refusal.exitCode).toBe(2)
  expect(refusal.text).toContain(said)
})

test.skipIf(!asRoot)('whose a directory is', () => {
  chownSync(directory, 12345, 12345)
  expect(refusalOf(failed('EPERM'), false).text).toContain(
    `${directory} cannot be written by you: it belongs to user 12345`,
  )
})

test('of what is not there nothing is said so', () => {
  expect(refusalOf(failed('ENOENT'), false).exitCode).toBe(1)
})

function failed(code: string): Error {
  return Object.assign(new Error(`${code}: mkdir '${path}'`), { code, path, syscall: 'mkdir' })
}
