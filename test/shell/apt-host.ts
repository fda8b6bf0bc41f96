import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A host that is this machine but for the directories of apt and dpkg, which lie below `root` and know of no package. `enter` is a
 * program that runs its arguments there, as root.
 */
export function makeAptHost(root: string): { readonly enter: string } {
  const own = ['etc/apt', 'var/lib/apt', 'var/cache/apt', 'var/lib/dpkg']
  const below = [
    'etc/apt/apt.conf.d',
    'etc/apt/preferences.d',
    'etc/apt/sources.list.d',
    'etc/apt/trusted.gpg.d',
    'var/cache/apt/archives/partial',
    'var/lib/apt/lists/partial',
    'var/lib/dpkg/info',
    'var/lib/dpkg/triggers',
    'var/lib/dpkg/updates',
  ]
  for (const path of below) mkdirSync(join(root, path), { recursive: true })
  writeFileSync(join(root, 'etc/apt/apt.conf.d/root'), 'APT::Sandbox::User "root";\n')
  for (const path of ['lock', 'lock-frontend', 'status']) writeFileSync(join(root, 'var/lib/dpkg', path), '')
  const mounts = own.map((path) => `mount --bind ${join(root, path)} /${path}`)
  const unshare = process.getuid?.() === 0 ? 'unshare -m' : 'unshare -rm'
  const enter = join(root, 'enter')
  writeFileSync(enter, `#!/bin/sh\nexec ${unshare} sh -c '${mounts.join(' && ')} && exec "$@"' - "$@"\n`)
  chmodSync(enter, 0o755)
  return { enter }
}
