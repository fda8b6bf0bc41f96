import { expect, test } from 'vitest'
import { daemonImages } from '../../../src/modules/containers/daemon-images.ts'

const of = (spec: object, kind = 'DaemonSet') => JSON.stringify({ kind, spec: { template: { spec } } })
const one = (image: string, rest: object = {}) => of({ containers: [{ name: 'it', image }], ...rest })

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
  ['for some nodes by affinity', one('a.io/b:1', { affinity: { nodeAffinity: {} } })],
  ['never pulled', of({ containers: [{ image: 'a.io/b:1', imagePullPolicy: 'Never' }] })],
  ['broken', 'kind: [DaemonSet'],
  ['empty', ''],
])('none of one %s', (_what, manifest) => expect(daemonImages(manifest)).toEqual([]))

test('one for Linux is for every node', () =>
  expect(daemonImages(one('a.io/b:1', { nodeSelector: { 'kubernetes.io/os': 'linux' } }))).toEqual(['a.io/b:1']))
