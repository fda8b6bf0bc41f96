import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { debianMirror } from './mirror.ts'
import { cacheRoot, type System, suites } from './model.ts'
import { $, contained, type Tell, tellLines } from './program.ts'
import { disguise, isStandin, standinPackages, standinRecipe } from './standin.ts'

/** What a freshly installed server has, and no more: the product must bring the rest. */
const serverPackages = [
  ...['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'sudo', 'iproute2', 'iptables', 'procps', 'kmod'],
  ...['ca-certificates', 'locales', 'tzdata'],
]

/** What fills and serves the upstream; on a host of its own, so that nothing of it is installed on this machine. */
const upstreamPackages = [
  ...['nginx-light', 'docker-registry', 'apt-utils', 'dpkg-dev', 'gnupg', 'skopeo', 'apt-cacher-ng', 'chrony'],
  ...['mmdebstrap', 'busybox-static', 'curl', 'rpm', 'createrepo-c'],
]

// Raise it when the steps below change: file systems made the old way are then made anew.
const recipe = 1

/** The directory of a system's pristine root file system in the cache; made on first use. */
export async function baseRoot(system: System, tell: Tell): Promise<string> {
  if (isStandin(system)) return standinRoot(system, tell)
  const suite = suites[system]
  return cached(`${suite}-${key(serverPackages)}`, async (directory) => {
    const options = ['--variant=minbase', `--include=${serverPackages.join(',')}`]
    await tellLines(contained`debootstrap ${options} ${suite} ${directory} ${await debianMirror()}`, tell)
    await forgetIdentity(directory)
  })
}

/** The upstream's root file system: the base and its servers, all of them disabled until the lab starts them. */
export async function upstreamRoot(tell: Tell): Promise<string> {
  const base = await baseRoot('debian-13', tell)
  return cached(`upstream-${key([basename(base), ...upstreamPackages])}`, async (directory) => {
    await enlarge(base, directory, upstreamPackages, tell)
    await forgetIdentity(directory)
  })
}

/** A stand-in's root file system: the base with another family's package manager, under another name. */
async function standinRoot(system: System, tell: Tell): Promise<string> {
  const base = await baseRoot('debian-13', tell)
  return cached(`${system}-${key([basename(base), ...standinPackages, await standinRecipe()])}`, async (directory) => {
    await enlarge(base, directory, standinPackages, tell)
    await disguise(directory)
    await forgetIdentity(directory)
  })
}

/** A copy of a root file system with more packages, none of which has been started. */
async function enlarge(base: string, directory: string, packages: readonly string[], tell: Tell): Promise<void> {
  await $`cp -a ${base} ${directory}`
  await writeFile(join(directory, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  await $`cp -L /etc/resolv.conf ${join(directory, 'etc/resolv.conf')}`
  const apt = ['apt-get', '-q', '-y', '-o', 'Dpkg::Use-Pty=0', '-o', 'APT::Sandbox::User=root']
  const inside = ['env', 'DEBIAN_FRONTEND=noninteractive', 'chroot', directory, ...apt]
  await tellLines(contained`${inside} update`, tell)
  await tellLines(contained`${inside} install --no-install-recommends ${packages}`, tell)
  await contained`${inside} clean`
  await rm(join(directory, 'usr/sbin/policy-rc.d'))
}

function key(parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([recipe, parts]))
    .digest('hex')
    .slice(0, 8)
}

// A directory under its final name is whole: it is made beside it and renamed.
async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const directory = join(cacheRoot(), 'rootfs', name)
  if (existsSync(directory)) return directory
  const unfinished = `${directory}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(cacheRoot(), 'rootfs'), { recursive: true })
  await make(unfinished)
  await rename(unfinished, directory)
  return directory
}

async function forgetIdentity(directory: string): Promise<void> {
  await $`find ${join(directory, 'etc/ssh')} -name ssh_host_* -delete`
  await $`find ${join(directory, 'var/cache/apt/archives')} -name *.deb -delete`
  await writeFile(join(directory, 'etc/machine-id'), '')
  await rm(join(directory, 'var/lib/dbus/machine-id'), { force: true })
}
