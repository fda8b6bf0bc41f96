import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSecret } from '../../../src/run/targets.ts'

const directory = mkdtempSync(join(tmpdir(), 'provision-secrets-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe('a secret', () => {
  it('is asked for once, however many runs a command takes', async () => {
    const asked: string[] = []
    const prompt = async (question: string) => `answer ${asked.push(question)}`
    expect(await readSecret('prompt', 'sudo password', prompt)).toBe('answer 1')
    expect(await readSecret('prompt', 'passphrase', prompt)).toBe('answer 2')
    expect(await readSecret('prompt', 'sudo password', prompt)).toBe('answer 1')
    expect(asked).toEqual(['sudo password: ', 'passphrase: '])
  })

  it('comes from a file that is its owner’s alone, without the newline it ends with', async () => {
    const file = join(directory, 'passphrase')
    const prompt = () => Promise.reject(new Error('nobody is to be asked'))
    writeFileSync(file, 'correct horse\n', { mode: 0o600 })
    expect(await readSecret({ file }, 'passphrase', prompt)).toBe('correct horse')
    chmodSync(file, 0o640)
    await expect(readSecret({ file }, 'passphrase', prompt)).rejects.toThrow(
      'holds the passphrase and can be read by others',
    )
    await expect(readSecret({ env: 'NO_SUCH_VARIABLE' }, 'passphrase', prompt)).rejects.toThrow(
      '$NO_SUCH_VARIABLE, which is not set',
    )
    await expect(readSecret({ file: join(directory, 'none') }, 'passphrase', prompt)).rejects.toThrow(
      'none, which is to hold the passphrase, is not there',
    )
  })
})
