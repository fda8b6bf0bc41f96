import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Inventory } from '../../../src/inventory/inventory.ts'
import { keptAuthorities, setKubeconfigAside } from '../../../src/state/kubeconfig.ts'
import { statePaths } from '../../../src/state/paths.ts'
import { authoritiesOf } from '../../../src/transport/node-identity.ts'

function place() {
  const directory = mkdtempSync(join(tmpdir(), 'provision-kept-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const inventory = { file: join(directory, 'hosts.yaml'), cluster: 'office', backup: {} } as unknown as Inventory
  const { kubeconfig: file } = statePaths(inventory)
  mkdirSync(dirname(file), { recursive: true })
  return { directory, inventory, file }
}

it('the CA of a kubeconfig says which cluster it is', () => {
  const { directory, inventory, file } = place()
  execFileSync(
    'openssl',
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out ca -subj /CN=kubernetes'.split(' '),
    { cwd: directory, stdio: 'pipe' },
  )
  const pem = readFileSync(join(directory, 'ca'))
  writeFileSync(file, `clusters:\n- cluster:\n    certificate-authority-data: ${pem.toString('base64')}\n`)
  expect(keptAuthorities(inventory)).toEqual({ authorities: authoritiesOf(pem.toString()), file })
  expect(keptAuthorities(inventory).authorities).toHaveLength(1)
})

it.each([['nothing'], ['what is no kubeconfig', 'x: [']])('%s says nothing', (_what, text?: string) => {
  const { inventory, file } = place()
  if (text) writeFileSync(file, text)
  expect(keptAuthorities(inventory)).toEqual({ authorities: [], file })
})

it('a kubeconfig of an earlier cluster is kept beside the next one', () => {
  const { inventory, file } = place()
  expect(setKubeconfigAside(inventory)).toBeUndefined()
  writeFileSync(file, 'of before')
  expect(setKubeconfigAside(inventory)).toBe(`${file}.before`)
  expect(existsSync(file)).toBe(false)
  expect(readFileSync(`${file}.before`, 'utf8')).toBe('of before')
})
