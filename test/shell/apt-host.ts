import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  // What packages unpack is below the root, too.
  const options = ['instdir', 'force-not-root', 'force-unsafe-io', 'force-script-chrootless', 'force-bad-path']
  const dpkg = options.map((option) => `"--${option}${option === 'instdir' ? `=${join(root, 'packed')}` : ''}";`)
  mkdirSync(join(root, 'packed'))
  writeFileSync(
    join(root, 'etc/apt/apt.conf.d/root'),
    `APT::Sandbox::User "root"; DPkg::Options { ${dpkg.join(' ')} };\n`,
  )
  for (const path of ['lock', 'lock-frontend', 'status']) writeFileSync(join(root, 'var/lib/dpkg', path), '')
  const mounts = own.map((path) => `mount --bind ${join(root, path)} /${path}`)
  const unshare = process.getuid?.() === 0 ? 'unshare -m' : 'unshare -rm'
  const enter = join(root, 'enter')
  writeFileSync(enter, `#!/bin/sh\nexec ${unshare} sh -c '${mounts.join(' && ')} && exec "$@"' - "$@"\n`)
  chmodSync(enter, 0o755)
  return { enter }
}

/** Fields of packages by name, beside those that all have. */
export type Packages = Readonly<Record<string, Readonly<Record<string, string>>>>

function stanza(name: string, fields: Readonly<Record<string, string>>): string {
  const all = { Package: name, Version: '1', Architecture: 'all', Maintainer: 'x <x@x>', ...fields, Description: 'x' }
  return Object.entries(all)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
}

/** Has the host know these packages as installed, and a repository that has the others, with nothing in them. */
export function packAptHost(root: string, installed: Packages, offered: Packages): void {
  const status = Object.entries(installed).map(([name, fields]) => {
    writeFileSync(join(root, 'var/lib/dpkg/info', `${name}.list`), '/.\n')
    writeFileSync(join(root, 'var/lib/dpkg/info', `${name}.md5sums`), '')
    return stanza(name, { Status: 'install ok installed', ...fields })
  })
  writeFileSync(join(root, 'var/lib/dpkg/info/format'), '1\n')
  writeFileSync(join(root, 'var/lib/dpkg/status'), status.join('\n'))
  const repository = join(root, 'repository')
  mkdirSync(repository)
  const index = Object.entries(offered).map(([name, fields]) => {
    const control = join(root, 'build', name, 'DEBIAN')
    mkdirSync(control, { recursive: true })
    writeFileSync(join(control, 'control'), stanza(name, fields))
    const file = join(repository, `${name}.deb`)
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', join(root, 'build', name), file])
    const content = readFileSync(file)
    const SHA256 = createHash('sha256').update(content).digest('hex')
    return stanza(name, { ...fields, Filename: `./${name}.deb`, Size: `${content.length}`, SHA256 })
  })
  writeFileSync(join(repository, 'Packages'), index.join('\n'))
  writeFileSync(join(root, 'etc/apt/sources.list'), `deb [trusted=yes] file:${repository} /\n`)
}
