import type { HostFacts } from '../host-facts.ts'
import { filesIn, readFile, shipped } from '../shipped.ts'

/** Part of every program, in this order; the package family's own part comes last. */
const common = [
  'runtime/prelude',
  'runtime/watchdog',
  'runtime/steps',
  'runtime/marks',
  'runtime/snapshots',
  'runtime/settled',
  'runtime/copies',
  'runtime/ledger',
  'runtime/baseline',
  'library/files/files',
  'library/files/block-places',
  'library/files/blocks',
  'library/nodes/sizes',
  'library/nodes/others',
  'library/nodes/node',
  'library/network/links',
  'library/network/firewall',
  'library/network/network',
  'library/network/reach',
  'library/network/proxy',
  'library/system/preflight',
  'library/system/selinux',
  'library/system/settings',
  'library/system/names',
  'library/system/hooks',
  'library/system/cloud-init',
  'library/system/overruled',
  'library/system/swap',
  'library/system/time',
  'library/services/services',
  'library/services/held',
  'library/packages/keys',
  'library/packages/sources',
  'library/packages/packages',
  'library/containers/mirrors',
  'library/containers/images',
]

/** Parts that only some words need, by the name under which they ask for them (`Module.library`). */
const libraries: Readonly<Record<Library, readonly string[]>> = {
  addons: ['addons/cluster', 'addons/manifests', 'addons/addons'],
  cluster: ['addons/cluster'],
  completions: ['helm/completions'],
  containerd: ['containers/containerd'],
  corefile: ['addons/cluster', 'addons/corefile'],
  docker: ['files/json', 'containers/docker'],
  helm: ['addons/cluster', 'addons/manifests', 'addons/addons', 'helm/helm'],
  kubelet: ['nodes/kubelet'],
  manifests: ['addons/cluster', 'addons/manifests'],
  'os-mirrors': ['packages/os-mirrors'],
  reset: [
    'reset/owned',
    'reset/take',
    'reset/etcd',
    'reset/pods',
    'reset/network',
    'reset/runtime',
    'reset/files',
    'reset/undo',
    'reset/ledger',
    'reset/packages',
    'reset/state',
  ],
  unpack: ['files/unpack'],
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

/** What a package family has of its own: a folder of the same words for each; `reset-` begins what only a reset needs. */
function familyParts(family: HostFacts['family']): string[] {
  const names = filesIn(shipped(`src/shell/families/${family}`)).filter((name) => name.endsWith('.sh'))
  return names.sort().map((name) => `families/${family}/${name.slice(0, -3)}`)
}

/** The same for all hosts of a kind, of which there may be a thousand. */
const preludes = new Map<string, string>()

/** The shell runtime that programs of one package family are written in terms of, with the libraries they need. */
export function loadPrelude(family: HostFacts['family'], needed: Iterable<Library> = []): string {
  const wanted = new Set(needed)
  const key = [family, ...[...wanted].sort()].join(' ')
  const made = preludes.get(key) ?? makePrelude(family, wanted)
  preludes.set(key, made)
  return made
}

function makePrelude(family: HostFacts['family'], wanted: ReadonlySet<Library>): string {
  const more = new Set([...wanted].flatMap((library) => libraries[library]).map((part) => `library/${part}`))
  const own = familyParts(family).filter((part) => wanted.has('reset') || !part.includes('/reset-'))
  return [...common, ...own, ...more]
    .map((part) => withoutComments(readFile(shipped(`src/shell/${part}.sh`)).toString()))
    .join('\n')
}

/**
 * A part without the lines that are comments, which are a third of what a slow link would carry, and without blank ones.
 * What is meant for shellcheck stays. In no here-document and no text of these parts does a line begin with `#`.
 */
export function withoutComments(part: string): string {
  return part.replace(/^[ \t]*(?:#(?! shellcheck ).*)?\n/gm, '').trimEnd()
}
