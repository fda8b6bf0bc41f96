import { mirrorPresets, type OsArchive, osArchives } from '../catalogue/mirrors.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** Arguments of the `osMirrors` word: one archive that the system's own packages come from. */
export interface ArchiveMirrors {
  readonly name: OsArchive
  /** Extended regular expression of the publisher's places. */
  readonly official: string
  /** Other addresses of the same archive, which somebody may have written there before. */
  readonly known: readonly string[]
  /** In the order in which they are tried. */
  readonly mirrors: readonly string[]
  /** A file of a few 100 kB at most that every mirror has, below its address. */
  readonly probe: string
}

/** The archives of this system for which the inventory has mirrors. Empty where it has none for it. */
export function osArchivesOf(inventory: Inventory, facts: HostFacts): readonly ArchiveMirrors[] {
  const wanted = inventory.mirrors.packages.os
  return Object.entries(probesOf(facts)).flatMap(([key, probe]) => {
    const name = key as OsArchive
    const mirrors = wanted[name]
    if (mirrors === undefined) return []
    const known = Object.values(mirrorPresets).flatMap((preset) => preset.packages.os[name] ?? [])
    return [{ name, official: osArchives[name], known, mirrors, probe }]
  })
}

/** The archives that a system's own sources name, with the file by which a mirror of each is judged. */
function probesOf(facts: HostFacts): Partial<Record<OsArchive, string>> {
  const major = facts.version.split('.')[0]
  const machine = { amd64: 'x86_64', arm64: 'aarch64' }[facts.arch]
  const baseOs = `${major}/BaseOS/${machine}/os/repodata/repomd.xml`
  switch (facts.id) {
    case 'debian':
      return {
        debian: `dists/${facts.codename}/InRelease`,
        'debian-security': `dists/${facts.codename}-security/InRelease`,
      }
    case 'ubuntu':
      return { [facts.arch === 'amd64' ? 'ubuntu' : 'ubuntu-ports']: `dists/${facts.codename}/InRelease` }
    case 'rocky':
      return { rocky: baseOs }
    case 'almalinux':
      return { almalinux: baseOs }
    // Directories of their releases are called by more than the version.
    case 'openEuler':
      return { openeuler: '' }
    case 'anolis':
      return { anolis: '' }
    default:
      return {}
  }
}
