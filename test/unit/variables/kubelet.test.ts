import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderedWith } from '../../rendered.ts'

/** What is written of runtime and Kubernetes, and the feature gates that the kubelet gets. */
const cases: readonly (readonly [string, Record<string, boolean> | undefined])[] = [
  ['{}', undefined],
  ['runtime: { cri: cri-dockerd }', { ExtendWebSocketsToKubelet: false }],
  ['{ runtime: { cri: cri-dockerd }, kubernetes: { version: 1.35.7 } }', undefined],
  [
    '{ runtime: { cri: cri-dockerd }, kubernetes: { kubelet: { featureGates: { NodeSwap: true } } } }',
    { ExtendWebSocketsToKubelet: false, NodeSwap: true },
  ],
  [
    '{ runtime: { cri: cri-dockerd }, kubernetes: { kubelet: { featureGates: { ExtendWebSocketsToKubelet: true } } } }',
    { ExtendWebSocketsToKubelet: true },
  ],
  ['kubernetes: { kubelet: { featureGates: { NodeSwap: true } } }', { NodeSwap: true }],
]

it.each(cases)("the kubelet's feature gates with %s", (text, gates) => {
  const reserved = { system: {}, kube: {}, eviction: '100Mi' }
  const rendered = renderedWith(parse(text), 'kubernetes/kubelet.yaml.ejs', { reserved, sized: false })
  expect(parse(rendered).featureGates).toEqual(gates)
})
