import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadTemplate, templateDirectory } from '../../src/playbook/load.ts'
import { render } from '../../src/playbook/render.ts'
import { isWhole, readComparison } from '../../src/views/comparison.ts'
import { shells } from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'provision-compare-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const kept = ['configmaps/default/provision-verify', 'namespaces/default', 'secrets/default/mine', 'minions/cp1']
/** There while a cluster is proven or a node joins. */
const passing = ['bootstrap-token-abcdef', 'kubeadm-certs']
  .map((name) => `secrets/kube-system/${name}`)
  .concat('namespaces/provision-verify', 'namespaces/provision-add', 'serviceaccounts/provision-verify/default')
  .concat('services/specs/provision-verify/probe', 'apps.example.com/widgets/provision-add/one')

/** What the script makes of the keys of an archive and those of now, where etcd holds nothing else. */
function compare(shell: string, before: readonly string[], now: readonly string[]) {
  const work = join(root, 'restore/r1')
  for (const directory of [work, join(root, 'etcd')]) mkdirSync(directory, { recursive: true })
  const keys = (names: readonly string[]) => [...names].sort().map((name) => `/registry/${name}\n`)
  writeFileSync(join(work, 'keys'), keys(before).join(''))
  writeFileSync(join(root, 'etcd/etcdctl'), `#!/bin/sh\ncat <<'END'\n${keys(now).join('\n')}\nEND\n`, { mode: 0o755 })
  const { text, file } = loadTemplate('restore/compare.sh.ejs', [templateDirectory])
  const script = render(text, file, { vars: { restore: 'r1' }, hosts: [{ name: 'cp1' }] })
  const [program = '', ...args] = shell.split(' ')
  return readComparison(
    execFileSync(program, [...args, '-eu', '-c', script.replaceAll('/var/lib/provision/', `${root}/`)], {
      encoding: 'utf8',
    }),
  )
}

test.for(shells)('what is there for a while only is no loss: %s', (shell) => {
  const comparison = compare(shell, [...kept, ...passing], kept)
  expect(comparison.lostKeys).toEqual([])
  expect(isWhole(comparison)).toBe(true)
  expect(comparison.kinds).toContainEqual({ kind: 'configmaps', before: 1, now: 1, lost: 0 })
})

test.for(shells)('what is gone is named, and nodes of nobody: %s', (shell) => {
  const comparison = compare(shell, kept, [...kept.slice(2), 'minions/w9'])
  expect(comparison.lostKeys.map(({ key }) => key).sort()).toEqual([
    '/registry/configmaps/default/provision-verify',
    '/registry/namespaces/default',
  ])
  expect(comparison.strangers).toEqual(['w9'])
  expect(isWhole(comparison)).toBe(false)
})
