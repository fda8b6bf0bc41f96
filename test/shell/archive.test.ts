import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manifestSchema } from '../../src/archive/manifest.ts'
import { shells } from './harness.ts'

// The parts of how an archive is made that need no etcd; those that do are tried with a real one.
const script = new URL('../../scripts/backup/archive.sh', import.meta.url).pathname

function run(shell: string, text: string, input: string): string {
  const [program = '', ...words] = shell.split(' ')
  const lines = `set -eu; say() { printf '%s\\n' "$*" >&2; }; P_STATE=/nonexistent; . "${script}"; ${text}`
  const ran = spawnSync(program, [...words, '-c', lines], { input, encoding: 'utf8' })
  expect(ran.stderr).toBe('')
  return ran.stdout
}

const keys = [
  '/registry/configmaps/default/a',
  '',
  '/registry/configmaps/kube-system/b',
  '',
  '/registry/apiregistration.k8s.io/apiservices/v1.',
  '/registry/crd.example.com/widgets/default/w1',
  '/registry/crd.example.com/widgets/default/w2',
  '/registry/crd.example.com/gadgets/g1',
  '/registry/services/specs/default/kubernetes',
  '/registry/services/endpoints/default/kubernetes',
  '/registry/minions/cp1',
  '/registry/minions/w1.example.com',
  '/registry/minions/hostile"name',
  '/registry/ranges/serviceips',
  '/registry/odd"kind/x',
  '/other/configmaps/default/a',
  '',
].join('\n')

describe.each(shells)('under %s', (shell) => {
  it('objects are counted by kind', () => {
    expect(run(shell, 'count_kinds', keys)).toBe(
      [
        '1 apiregistration.k8s.io/apiservices',
        '2 configmaps',
        '1 crd.example.com/gadgets',
        '2 crd.example.com/widgets',
        '3 minions',
        '1 odd?kind',
        '1 ranges',
        '1 services/endpoints',
        '1 services/specs',
        '',
      ].join('\n'),
    )
    expect(run(shell, 'count_kinds', '')).toBe('')
  })

  it('numbers are taken out of what etcd prints', () => {
    const status = '{"hash":1510139270,"revision":3049,"totalKey":347,"totalSize":1966080,"version":"3.6.0"}\n'
    expect(run(shell, 'json_number revision', status)).toBe('3049\n')
    expect(run(shell, 'json_number totalKey', status)).toBe('347\n')
    expect(run(shell, 'json_number none', status)).toBe('')
  })

  it('the manifest is what whoever opens the archive expects', () => {
    const directory = mkdtempSync(join(tmpdir(), 'provision-manifest-'))
    try {
      mkdirSync(join(directory, 'stage'))
      mkdirSync(join(directory, 'etcd'))
      writeFileSync(join(directory, 'keys'), keys)
      writeFileSync(join(directory, 'status'), '{"hash":1,"revision":2,"totalKey":3}\n')
      writeFileSync(join(directory, 'stage/kubeadm-config.yaml'), 'kind: X\nkubernetesVersion: v1.36.3\n')
      writeFileSync(join(directory, 'etcd/etcdutl'), '#!/bin/sh\necho "etcdutl version: 3.6.8"\n', { mode: 0o700 })
      const printed = run(shell, `P_STATE="${directory}"; archive_manifest "${directory}" prod cp1.example.com`, '')
      expect(manifestSchema.parse(JSON.parse(printed))).toMatchObject({
        cluster: 'prod',
        host: 'cp1.example.com',
        kubernetesVersion: 'v1.36.3',
        etcdVersion: '3.6.8',
        revision: 2,
        etcdHash: 1,
        totalKeys: 3,
        nodes: ['cp1', 'w1.example.com'],
        objects: { configmaps: 2, 'crd.example.com/widgets': 2, 'odd?kind': 1 },
      })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
