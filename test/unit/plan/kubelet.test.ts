import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { scopeOf } from '../../../src/plan/scope.ts'
import { loadTemplate, templateDirectory } from '../../../src/playbook/load.ts'
import { render } from '../../../src/playbook/render.ts'

/** What is written of runtime and Kubernetes, and the feature gates that the kubelet gets. */
const cases: readonly (readonly [string, Record<string, boolean> | undefined])[] = [
  ['{}', undefined],
  ['runtime: { cri: cri-dockerd }', { ExtendWebSocketsToKubelet: false }],
  ['{ runtime: { cri: cri-dockerd }, kubernetes: { version: 1.35.7 } }', undefined],
  [
    '{ runtime: { cri: cri-dockerd }, kubernetes: { kubelet: { featureGates: { A: true } } } }',
    { ExtendWebSocketsToKubelet: false, A: true },
  ],
  [
    '{ runtime: { cri: cri-dockerd }, kubernetes: { kubelet: { featureGates: { ExtendWebSocketsToKubelet: true } } } }',
    { ExtendWebSocketsToKubelet: true },
  ],
  ['kubernetes: { kubelet: { featureGates: { A: true } } }', { A: true }],
]

it.each(cases)("the kubelet's feature gates with %s", (text, gates) => {
  const file = { cluster: 'x', hosts: { cp1: { address: '10.0.0.11', role: 'control-plane' } }, ...parse(text) }
  const inventory = readInventory(JSON.stringify(file), 'hosts.yaml')
  const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
  const scope = scopeOf(inventory, inventory.hosts[0]!, facts, catalogue)
  const template = loadTemplate('kubernetes/kubelet.yaml.ejs', [templateDirectory])
  expect(parse(render(template.text, template.file, scope)).featureGates).toEqual(gates)
})
