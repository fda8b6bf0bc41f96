import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheRoot, type Lab, labFiles, type System } from './model.ts'
import { contained } from './program.ts'

/**
 * A stand-in is Debian underneath, with another family's package manager, database of packages and configuration: what
 * `provision` meets on that family as far as it can be had where no system of it can be downloaded.
 */
export function isStandin(system: System): boolean {
  return system.endsWith('-standin')
}

/** What Debian packages for the other family, and what a server of it has. */
export const standinPackages: readonly string[] = [
  ...['dnf', 'rpm', 'dnf-plugins-core', 'firewalld', 'network-manager', 'nftables', 'ipset', 'selinux-utils'],
  // Libraries of programs that come as RPMs.
  ...['libwrap0', 'libedit2', 'libseccomp2', 'libnetfilter-conntrack3', 'libhogweed6t64', 'libnftables1'],
]

const rootScript = join(labFiles, 'standin/root.sh')

/** What a stand-in's root file system is made from, for the name of its directory in the cache. */
export function standinRecipe(): Promise<string> {
  return readFile(rootScript, 'utf8')
}

/** Turns a Debian root file system, with `standinPackages` in it, into a stand-in's. */
export async function disguise(root: string): Promise<void> {
  await contained({ input: await standinRecipe() })`chroot ${root} sh -s`
}

/** The addresses of the system's own repositories below the upstream, by their names. */
const repositories = { baseos: 'BaseOS', appstream: 'AppStream' }

/** Fills in what differs between the stand-ins of several labs: where their packages come from. */
export async function personaliseStandin(lab: Lab, root: string): Promise<void> {
  await writeFile(join(root, 'etc/apt/sources.list'), '')
  const key = '/etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9'
  const sections = Object.entries(repositories).map(([name, directory]) =>
    [
      `[${name}]`,
      `name=Rocky Linux $releasever - ${directory} (stand-in of the lab)`,
      `baseurl=http://${lab.upstream.address}/rocky/$releasever/${directory}/$basearch/os/`,
      'gpgcheck=1',
      'enabled=1',
      `gpgkey=file://${key}`,
      '',
    ].join('\n'),
  )
  await writeFile(join(root, 'etc/yum.repos.d/rocky.repo'), sections.join('\n'))
  await copyFile(join(cacheRoot(), 'upstream/rpms/rocky/RPM-GPG-KEY-Rocky-9'), join(root, key))
  const chrony = join(root, 'etc/systemd/system/chronyd.service.d')
  await mkdir(chrony, { recursive: true })
  await copyFile(join(labFiles, 'standin/chronyd.conf'), join(chrony, 'lab.conf'))
}

/** What hosts run in place of runc. */
export const containerWrapper = join(labFiles, 'host/runc.sh')

/** RPM knows no diversions: the wrapper stands where a search finds it before the package's own runc. */
export async function addStandinWrapper(root: string): Promise<void> {
  const place = join(root, 'usr/local/sbin/runc')
  await copyFile(containerWrapper, place)
  await chmod(place, 0o755)
  await symlink('/usr/bin/runc', `${place}.real`)
}
