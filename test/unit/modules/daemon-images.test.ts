import { expect, test } from 'vitest'
import { daemonImages } from '../../../src/modules/containers/daemon-images.ts'

const of = (spec: object, kind = 'DaemonSet') => JSON.stringify({ kind, spec: { template: { spec } } })
const one = (image: string, rest: object = {}) => of({ containers: [{ name: 'it', image }], ...rest })

const required = (...matchExpressions: object[]) =>
  one('a.io/b:1', {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
  })
const linux = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }

test.each([
  ['quay.io/cilium/cilium:v1.18.2@sha256:ab', 'quay.io/cilium/cilium:v1.18.2@sha256:ab'],
  ['calico/node:v3.31.0', 'docker.io/calico/node:v3.31.0'],
  ['busybox', 'docker.io/library/busybox:latest'],
  ['10.0.0.2:5000/net', '10.0.0.2:5000/net:latest'],
  ['localhost/net:1', 'localhost/net:1'],
])('%s', (image, name) => expect(daemonImages(one(image))).toEqual([name]))

test('all of its containers, and of all documents', () => {
  const first = of({ initContainers: [{ image: 'a.io/cni:1' }], containers: [{ image: 'a.io/agent:1' }] })
  expect(daemonImages(`kind: Namespace\n---\n${first}\n---\n# nothing\n---\n${one('b.io/c:2')}`)).toEqual([
    'a.io/cni:1',
    'a.io/agent:1',
    'b.io/c:2',
  ])
})

test.each([
  ['a Deployment', of({ containers: [{ image: 'a.io/b:1' }] }, 'Deployment')],
  ['with a login of its own', one('a.io/b:1', { imagePullSecrets: [{ name: 'x' }] })],
  ['for Windows', one('a.io/b:1', { nodeSelector: { 'kubernetes.io/os': 'windows' } })],
  ['for some nodes', one('a.io/b:1', { nodeSelector: { gpu: 'yes' } })],
  ['for some nodes by affinity', required({ key: 'gpu', operator: 'Exists' })],
  ['for Windows by affinity', required({ key: 'kubernetes.io/os', operator: 'In', values: ['windows'] })],
  ['for what is no Linux', required({ key: 'kubernetes.io/os', operator: 'NotIn', values: ['linux'] })],
  ['for some nodes of Linux', required(linux, { key: 'gpu', operator: 'Exists' })],
  ['never pulled', of({ containers: [{ image: 'a.io/b:1', imagePullPolicy: 'Never' }] })],
  ['broken', 'kind: [DaemonSet'],
  ['empty', ''],
])('none of one %s', (_what, manifest) => expect(daemonImages(manifest)).toEqual([]))

test.each([
  ['by its selector', one('a.io/b:1', { nodeSelector: { 'kubernetes.io/os': 'linux' } })],
  ['by affinity, as flannel’s', required(linux)],
  ['that prefers some', one('a.io/b:1', { affinity: { nodeAffinity: { preferredDuringScheduling: [] } } })],
])('one for Linux %s is for every node', (_how, manifest) => expect(daemonImages(manifest)).toEqual(['a.io/b:1']))
