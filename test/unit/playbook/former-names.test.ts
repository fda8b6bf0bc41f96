import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { modules } from '../../../src/modules/index.ts'
import { loadPlaybooks } from '../../../src/playbook/load.ts'

function load(task: string) {
  const place = mkdtempSync(join(tmpdir(), 'provision-former-'))
  onTestFinished(() => rmSync(place, { recursive: true }))
  const file = join(place, 'own.yaml')
  writeFileSync(file, `description: A case.\nphases:\n  - { name: own, hosts: all, tasks: [{ ${task} }] }\n`)
  return loadPlaybooks([file])[0]?.phases[0]?.tasks[0]
}

it('a former name of a module stands for the module of today, and is found where it is written', () => {
  const task = load('wholePackages: { names: [curl] }')
  expect(task?.module).toBe('verifyPackages')
  expect(task?.args).toEqual({ names: ['curl'] })
  expect(task?.locate(['verifyPackages', 'names'])).toMatchObject({ line: 3, column: 64 })
})

it('nobody is pointed to a former name', () => {
  expect(Object.keys(modules)).not.toContain('wholePackages')
  expect(() => load('wholePackage: { names: [curl] }')).not.toThrow(/did you mean wholePackages/)
  expect(() => load('wholePackage: { names: [curl] }')).toThrow('unknown module wholePackage')
})
