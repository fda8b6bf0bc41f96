import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { modules } from '../../../src/modules/index.ts'
import type { Module } from '../../../src/modules/module.ts'
import { compareContainers } from '../../../src/rebuild/containers.ts'
import type { Found } from '../../../src/rebuild/diagnose.ts'
import { type Look, readLook } from '../../../src/rebuild/look.ts'
import { changesSince } from '../../../src/rebuild/world.ts'
import { addonRows } from '../../../src/views/addons.ts'

// A host, a registry or a release may be called `constructor`, which every JavaScript object answers to.

const repository = resolve(import.meta.dirname, '../../..')

test('what is looked up by text is a Map', () => {
  const tables = globSync('{src,lab/src}/**/*.ts', { cwd: repository }).flatMap((file) =>
    [
      ...readFileSync(join(repository, file), 'utf8').matchAll(
        /const (\w+): (?:Readonly<)?(?:Partial<)?Record<string,/g,
      ),
    ].map(([, name]) => `${file}: ${name}`),
  )
  const kept = [
    // Looked up by names of their own.
    'lab/src/check.ts: programs',
    'lab/src/images.ts: manifests',
    'lab/src/machine-settings.ts: enough',
    'src/catalogue/mirrors.ts: registries',
    'src/inventory/kubernetes/arguments/eviction.ts: evictionDefaults',
    // Looked up by Object.hasOwn.
    'src/events/host-words.ts: values',
    'src/modules/former-names.ts: modulesByAnyName',
    'src/modules/index.ts: modules',
    // Made to be handed on.
    'src/inventory/component-fields.ts: shape',
    'src/inventory/kubernetes/arguments/kube-proxy-forms.ts: kubeProxyForms',
    'src/inventory/kubernetes/arguments/kubelet-forms.ts: kubeletForms',
    'src/operations/execute.ts: seen',
    'src/yaml/salvage.ts: data',
  ]
  expect(tables.sort()).toEqual(kept.sort())
})

const inventory = `cluster: lab
hosts:
  constructor: { address: 10.0.0.11, role: control-plane, labels: { constructor: valueOf }, node: { interface: eth0 } }
  w1: { address: 10.0.0.21, role: worker }
registries:
  private: [{ host: constructor, username: ops, password: { env: HOME } }]
mirrors: { registries: { value.of: ["https://mirror.example/"] } }
`

describe('in a cluster with such names', () => {
  const directory = mkdtempSync(join(tmpdir(), 'inherited-'))
  writeFileSync(join(directory, 'hosts.yaml'), inventory)
  afterAll(() => rmSync(directory, { recursive: true }))

  const compile = (...words: string[]) =>
    spawnSync(process.execPath, [join(repository, 'src/cli.ts'), 'compile', ...words], {
      cwd: directory,
      encoding: 'utf8',
    })

  it('a program is compiled', () => {
    const { stdout, stderr, status } = compile('--host', 'constructor', '--system', 'debian-13')
    expect(`${status} ${stderr}`).toMatch(/^0 /)
    expect(stdout).not.toContain('native code')
    expect(stdout).toContain('/etc/containerd/certs.d/constructor/hosts.toml')
  })

  it.each([
    [['--host', 'constructor'], 'the system of constructor is unknown'],
    [['--host', 'w1', '--system', 'constructor'], 'unknown system constructor'],
  ])('what is not known is not found: %j', (words, said) => {
    const { stderr, status } = compile(...words)
    expect(stderr).toContain(said)
    expect(status).toBe(2)
  })

  it('an add-on that the cluster alone has is told', () => {
    const rows = addonRows(readInventory(inventory, 'hosts.yaml'), catalogue, 'answered\nconstructor 1')
    expect(rows.at(-1)).toMatchObject({ name: 'constructor', inCluster: '1', summary: 'not part of this release' })
  })

  it('a control plane that did not answer is silent', () => {
    const nothing = { gathered: () => ({}) } as unknown as Parameters<Module['compile']>[1]
    const body = modules.refuseSecondCluster?.compile({ others: ['constructor'] }, nothing)
    expect(String(body?.apply)).toContain('it is not known whether constructor holds a cluster')
  })

  it('a host that was not there before has not changed', () => {
    const look = readLook(readFileSync(join(repository, 'test/unit/rebuild/control-plane.txt'), 'utf8')) as Look
    const found: Found[] = [{ name: 'constructor', role: 'control-plane', look: { ...look, api: 'refused' } }]
    const begun = { verb: 'rebuild', id: 'x', since: '2026-11-21T11:00:00Z', by: '', world: {}, keepsCA: true } as const
    expect(changesSince(begun, found)).toEqual([])
    expect(compareContainers({}, found, ['constructor'])).toEqual([])
  })
})
