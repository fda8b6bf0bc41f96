import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { Host } from '../../../src/inventory/inventory.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { createTargets } from '../../../src/run/targets.ts'
import { readSecret } from '../../../src/secrets/read.ts'

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
    await expect(readSecret({ env: 'constructor' }, 'passphrase', prompt)).rejects.toThrow(
      '$constructor, which is not set',
    )
    await expect(readSecret({ file: join(directory, 'none') }, 'passphrase', prompt)).rejects.toThrow(
      'none, which is to hold the passphrase, is not there',
    )
  })

  it.each([
    ['from a variable', { env: 'EMPTY_SECRET' }, 'the sudo password is to come from $EMPTY_SECRET, which is empty'],
    ['from a file', { file: join(directory, 'empty') }, 'which is to hold the sudo password, is empty'],
    ['of a line without anything', { file: join(directory, 'line') }, 'which is to hold the sudo password, is empty'],
    ['that was asked for', 'prompt' as const, 'no sudo password was given'],
  ])('is not empty, %s', async (_name, source, message) => {
    vi.stubEnv('EMPTY_SECRET', '')
    writeFileSync(join(directory, 'empty'), '', { mode: 0o600 })
    writeFileSync(join(directory, 'line'), '\r\n', { mode: 0o600 })
    await expect(readSecret(source, 'sudo password', async () => '')).rejects.toThrow(message)
    vi.unstubAllEnvs()
  })

  it('that a host is to be told has one line', async () => {
    const file = join(directory, 'two')
    writeFileSync(file, 'correct horse\nbattery staple\n', { mode: 0o600 })
    const { hosts } = readInventory(
      `cluster: lab\nssh: { sudoPassword: { file: ${file} } }\nhosts: { cp1: { address: 10.0.0.11, role: control-plane } }\n`,
      'hosts.yaml',
    )
    const targets = createTargets(
      async () => '',
      () => {},
    )
    await expect(targets(hosts[0] as Host)).rejects.toThrow('the sudo password has more than one line')
  })
})
