import { readFileSync } from 'node:fs'
import { shipped } from '../shipped.ts'

/** Part of every program, in this order; the package family's own part comes last. */
const common = [
  'prelude.sh',
  'library/watchdog.sh',
  'library/steps.sh',
  'library/marks.sh',
  'library/snapshots.sh',
  'library/settled.sh',
  'library/copies.sh',
  'library/files.sh',
  'library/ledger.sh',
  'library/baseline.sh',
  'library/sizes.sh',
  'library/suitable.sh',
  'library/others.sh',
  'library/firewall.sh',
  'library/selinux.sh',
  'library/node.sh',
  'library/settings.sh',
  'library/cloud-init.sh',
  'library/overruled.sh',
  'library/swap.sh',
  'library/time.sh',
  'library/services.sh',
  'library/held.sh',
  'library/block-places.sh',
  'library/blocks.sh',
  'library/network.sh',
  'library/reach.sh',
  'library/proxy.sh',
  'library/keys.sh',
  'library/mirrors.sh',
  'library/images.sh',
  'library/sources.sh',
  'library/packages.sh',
]

/** Parts that only some words need, by the name under which they ask for them (`Module.library`). */
const libraries: Readonly<Record<Library, (family: 'debian' | 'el') => readonly string[]>> = {
  addons: () => ['library/cluster.sh', 'library/manifests.sh', 'library/addons.sh'],
  cluster: () => ['library/cluster.sh'],
  completions: () => ['library/completions.sh'],
  containerd: () => ['library/containerd.sh'],
  corefile: () => ['library/cluster.sh', 'library/corefile.sh'],
  docker: () => ['library/json.sh', 'library/docker.sh'],
  helm: () => ['library/cluster.sh', 'library/manifests.sh', 'library/addons.sh', 'library/helm.sh'],
  kubelet: () => ['library/kubelet.sh'],
  manifests: () => ['library/cluster.sh', 'library/manifests.sh'],
  'os-mirrors': () => ['library/os-mirrors.sh'],
  reset: (family) =>
    [
      'owned',
      'take',
      'etcd',
      'pods',
      'network',
      'runtime',
      'files',
      'undo',
      'ledger',
      `packages-${family}`,
      'packages',
      'state',
    ].map((part) => `library/reset/${part}.sh`),
  unpack: () => ['library/unpack.sh'],
}

export type Library =
  | 'addons'
  | 'cluster'
  | 'completions'
  | 'containerd'
  | 'corefile'
  | 'docker'
  | 'helm'
  | 'kubelet'
  | 'manifests'
  | 'os-mirrors'
  | 'reset'
  | 'unpack'

/** The shell runtime that programs of one package family are written in terms of, with the libraries they need. */
export function loadPrelude(family: 'debian' | 'el', needed: Iterable<Library> = []): string {
  const more = new Set([...needed].flatMap((library) => libraries[library](family)))
  const own =
    family === 'el'
      ? ['locks', 'sources', 'packages', 'kernel'].map((part) => `library/${part}-el.sh`)
      : ['sources', 'packages'].map((part) => `library/${part}-debian.sh`)
  return [...common, ...own, ...more]
    .map((name) => withoutComments(readFileSync(shipped(`src/shell/${name}`), 'utf8')))
    .join('\n')
}

/**
 * A part without the lines that are comments, which are a third of what a slow link would carry, and without blank ones.
 * What is meant for shellcheck stays. In no here-document and no text of these parts does a line begin with `#`.
 */
export function withoutComments(part: string): string {
  return part.replace(/^[ \t]*(?:#(?! shellcheck ).*)?\n/gm, '').trimEnd()
}
