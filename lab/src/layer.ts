import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keyFiles } from './keys.ts'
import { hostDirectory, type Lab, type LabHost, labFiles } from './model.ts'
import { isMounted } from './mounts.ts'
import { $ } from './program.ts'
import { addStandinWrapper, containerWrapper, isStandin, personaliseStandin } from './standin.ts'

/** Over these goes a plain directory of this machine's disk: an overlay cannot hold the overlays of containers. */
const dataDirectories = ['docker', 'containerd', 'kubelet', 'etcd']

export interface LayerSettings {
  /** The pristine root file system underneath, shared and never written to. */
  readonly base: string
  /** What goes into the host's /etc/apt/sources.list. */
  readonly aptSources: string
  readonly publicKey: string
}

/** Mounts a host's root file system, an overlay of its own over the base, and fills in who the host is the first time; answers where. */
export async function mountLayer(lab: Lab, host: LabHost, settings: LayerSettings): Promise<string> {
  const directory = hostDirectory(lab, host)
  const root = join(directory, 'root')
  const complete = join(directory, 'complete')
  if (!existsSync(complete)) {
    if (await isMounted(root)) await $`umount ${root}`
    await rm(directory, { recursive: true, force: true })
  }
  for (const part of ['upper', 'work', 'root', 'data']) await mkdir(join(directory, part), { recursive: true })
  if (!(await isMounted(root))) {
    const options = `lowerdir=${settings.base},upperdir=${join(directory, 'upper')},workdir=${join(directory, 'work')}`
    await $`mount -t overlay -o ${options} ${host.id} ${root}`
  }
  if (!existsSync(complete)) {
    await personalise(lab, host, root, settings)
    await writeFile(complete, '')
  }
  return root
}

/** The arguments that bind this machine's directories into a host of the cluster. */
export async function dataBinds(lab: Lab, host: LabHost): Promise<string[]> {
  const binds = ['--bind=/dev/kmsg']
  for (const name of dataDirectories) {
    const source = join(hostDirectory(lab, host), 'data', name)
    await mkdir(source, { recursive: true, mode: 0o711 })
    binds.push(`--bind=${source}:/var/lib/${name}`)
  }
  return binds
}

async function personalise(lab: Lab, host: LabHost, root: string, settings: LayerSettings): Promise<void> {
  const etc = (name: string) => join(root, 'etc', name)
  await writeFile(etc('hostname'), `${host.name}\n`)
  await writeFile(etc('hosts'), `127.0.0.1\tlocalhost\n127.0.1.1\t${host.name}\n::1\tlocalhost ip6-localhost\n`)
  await writeFile(etc('machine-id'), `${randomBytes(16).toString('hex')}\n`)
  await copyFile(await resolverFile(), etc('resolv.conf'))
  await writeFile(etc('apt/sources.list'), settings.aptSources)
  await writeFile(etc('apt/apt.conf.d/90lab'), 'Acquire::Languages "none";\n')
  await $`ssh-keygen -q -A -f ${root}`
  await addBootUnit(root)
  await addLogin(lab, host, root, settings.publicKey)
  if (isStandin(host.system)) {
    await personaliseStandin(lab, root)
    await addStandinWrapper(root)
  } else if (host.role !== 'upstream') {
    await addContainerWrapper(root)
  }
}

// A stub resolver of systemd-resolved listens on this machine's loopback, where hosts cannot reach it.
async function resolverFile(): Promise<string> {
  const text = await readFile('/etc/resolv.conf', 'utf8')
  const real = '/run/systemd/resolve/resolv.conf'
  return /^nameserver\s+127\./m.test(text) && existsSync(real) ? real : '/etc/resolv.conf'
}

async function addBootUnit(root: string): Promise<void> {
  const units = join(root, 'etc/systemd/system')
  await mkdir(join(root, 'usr/local/lib/provision-lab'), { recursive: true })
  await copyFile(join(labFiles, 'host/boot.sh'), join(root, 'usr/local/lib/provision-lab/boot.sh'))
  await copyFile(join(labFiles, 'host/provision-lab.service'), join(units, 'provision-lab.service'))
  await mkdir(join(units, 'sysinit.target.wants'), { recursive: true })
  await symlink('../provision-lab.service', join(units, 'sysinit.target.wants/provision-lab.service'))
  await mkdir(join(root, 'etc/systemd/system.conf.d'), { recursive: true })
  await copyFile(join(labFiles, 'host/shutdown.conf'), join(root, 'etc/systemd/system.conf.d/lab.conf'))
  await mkdir(join(units, 'chrony.service.d'), { recursive: true })
  await copyFile(join(labFiles, 'host/chrony.conf'), join(units, 'chrony.service.d/lab.conf'))
}

async function addLogin(lab: Lab, host: LabHost, root: string, publicKey: string): Promise<void> {
  const user = loginUser(host)
  if (user !== 'root') {
    await $`chroot ${root} useradd --create-home --shell /bin/bash --groups sudo ${user}`
    if (host.login === 'sudo-password') {
      const password = await readFile(keyFiles(lab.name).sudoPassword, 'utf8')
      await $({ input: `${user}:${password}\n` })`chroot ${root} chpasswd`
    } else {
      await writeFile(join(root, 'etc/sudoers.d/ops'), `${user} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 })
    }
  }
  const home = user === 'root' ? join(root, 'root') : join(root, 'home', user)
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  await writeFile(join(home, '.ssh/authorized_keys'), publicKey, { mode: 0o600 })
  await $`chroot ${root} chown -R ${user}: ${home.slice(root.length)}/.ssh`
}

/** The user that the operator logs in as. */
export function loginUser(host: LabHost): string {
  return host.login === 'root' ? 'root' : 'ops'
}

// Diverted before any package brings a runc, so that whichever installs it later finds the wrapper in its place.
async function addContainerWrapper(root: string): Promise<void> {
  for (const path of ['/usr/sbin/runc', '/usr/bin/runc']) {
    await $`chroot ${root} dpkg-divert --quiet --local --rename --add --divert ${path}.real ${path}`
  }
  await copyFile(containerWrapper, join(root, 'usr/sbin/runc'))
  await chmod(join(root, 'usr/sbin/runc'), 0o755)
}
