import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labFiles } from '../../../lab/src/model.ts'
import { helmVersion, kubernetesVersion, tags } from '../../../lab/src/release.ts'

// What a program says of itself is set from these constants, whatever it is built from.
test.each([
  ['kubernetes', 'k8s.io/kubernetes', `v${kubernetesVersion}`],
  ['etcd', 'go.etcd.io/etcd/server/v3', `v${tags.etcd.replace(/-.*/, '')}`],
  ['coredns', 'github.com/coredns/coredns', tags.coredns],
  ['metrics-server', 'sigs.k8s.io/metrics-server', tags.metricsServer],
  ['local-path-provisioner', 'github.com/rancher/local-path-provisioner', tags.localPathProvisioner],
  ['traefik', 'github.com/traefik/traefik/v3', tags.traefik],
  ['registry', 'github.com/distribution/distribution/v3', `v${tags.registry}`],
  ['helm', 'helm.sh/helm/v4', `v${helmVersion}`],
])('%s is built from the release that its tag names', async (module, path, version) => {
  const text = await readFile(join(labFiles, 'upstream', module, 'go.mod'), 'utf8')
  const lines = text.split('\n').map((line) => line.replace(/^require|\/\/.*/g, '').trim())
  expect(lines).toContain(`${path} ${version}`)
})
