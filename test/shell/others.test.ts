import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, type Place, shells, textOf } from './harness.ts'
import { shippedTask } from './shipped.ts'

/** Writes files of a host: path → content. */
function lay(place: Place, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(place.root, 'host', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

const manifest = { network: { manifest: new URL('../../lab/network/manifest.yaml', import.meta.url).pathname } }
const kubeRouter = {}
const node = '/etc/kubernetes/kubelet.conf'
const cni = (...names: string[]) => Object.fromEntries(names.map((name) => [`/etc/cni/net.d/${name}`, '{}']))

/** What lies there, the inventory's network, and the file that is refused. */
const networks: readonly (readonly [string, object, Record<string, string>, string | undefined])[] = [
  ['none', kubeRouter, {}, undefined],
  ['podman’s', kubeRouter, cni('87-podman-bridge.conflist'), undefined],
  ['cri-o’s', kubeRouter, cni('100-crio-bridge.conflist', '200-loopback.conflist'), undefined],
  ['nerdctl’s', kubeRouter, cni('nerdctl-bridge.conflist'), undefined],
  ['podman’s on a node to be', kubeRouter, { ...cni('87-podman-bridge.conflist'), [node]: '' }, undefined],
  ['ours and podman’s', kubeRouter, cni('10-kuberouter.conflist', '87-podman.conflist'), undefined],
  ['ours and multus', kubeRouter, { ...cni('00-multus.conf', '10-kuberouter.conflist'), [node]: '' }, undefined],
  ['no configuration', kubeRouter, cni('README', '05-x.conflist.bak', '.kube-router.source'), undefined],
  ['calico’s', kubeRouter, cni('10-calico.conflist'), '10-calico.conflist'],
  ['flannel’s beside ours', kubeRouter, cni('10-flannel.conflist', '10-kuberouter.conflist'), '10-flannel.conflist'],
  ['a single .conf', kubeRouter, cni('00-loopback.conf'), '00-loopback.conf'],
  ['weave’s under pods', kubeRouter, { ...cni('10-weave.conflist'), [node]: '' }, '10-weave.conflist'],
  ['weave’s of no node', kubeRouter, cni('10-weave.conflist'), undefined],
  ['kube-router’s', manifest, cni('10-kuberouter.conflist'), '10-kuberouter.conflist'],
  ['kube-router’s behind another', manifest, cni('05-own.conflist', '10-kuberouter.conflist'), undefined],
  ['podman’s with a network of one’s own', manifest, cni('87-podman-bridge.conflist'), undefined],
]

describe.concurrent.each(shells)('CNI configurations that others brought, under %s', (shell) => {
  it.for(networks)('%s', async ([, sections, files, refused], { place }) => {
    lay(place, files)
    const { task, prelude } = shippedTask(place, "No other pod network is in the place of the inventory's", sections)
    const events = await place.program(shell, [task], { prelude, mode: 'check' }).run()
    if (refused === undefined) expect(outline(events)).toEqual(['ok t1', 'end done'])
    else {
      expect(outline(events)).toEqual(['failed t1 check 3', 'end failed'])
      expect(textOf(events, 'log', 't1')).toContain(`/etc/cni/net.d/${refused} `)
    }
  })
})
