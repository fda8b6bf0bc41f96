import { type MirrorPreset, mirrorPresets } from '../../catalogue/mirrors.ts'
import type { Mirrors } from '../inventory.ts'
import type { InventoryFile } from '../schema.ts'

/** The presets that the `mirrors` section names, in its order. */
export function presetsOf(mirrors: InventoryFile['mirrors']): readonly MirrorPreset[] {
  const named = typeof mirrors === 'string' || Array.isArray(mirrors) ? mirrors : (mirrors.preset ?? [])
  return [named].flat().map((name) => mirrorPresets[name])
}

/** The section with its presets laid out: of each thing the inventory's own URLs, or else those of the presets in order. */
export function resolveMirrors(mirrors: InventoryFile['mirrors']): Mirrors {
  const presets = presetsOf(mirrors)
  const own = typeof mirrors === 'string' || Array.isArray(mirrors) ? { packages: {}, registries: {} } : mirrors
  const asked = 'os' in own.packages ? own.packages.os : undefined
  return {
    packages: {
      kubernetes: own.packages.kubernetes ?? presets.map((each) => each.packages.kubernetes),
      docker: own.packages.docker ?? presets.map((each) => each.packages.docker),
      helm: own.packages.helm ?? [],
      os: asked === true ? gather(presets.map((each) => each.packages.os)) : (asked ?? {}),
    },
    registries: { ...gather(presets.map((each) => each.registries)), ...own.registries },
    hubByPreset: presets.length > 0 && !('docker.io' in own.registries),
  }
}

/** Maps with the same keys as one map of lists, in order and without repetition. */
function gather(maps: readonly Readonly<Record<string, string | readonly string[] | undefined>>[]) {
  const lists = new Map<string, string[]>()
  for (const [key, value] of maps.flatMap((map) => Object.entries(map))) {
    lists.set(key, [...new Set([...(lists.get(key) ?? []), ...[value ?? []].flat()])])
  }
  return Object.fromEntries(lists)
}
