import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packageVersion } from '../../lab/src/release.ts'

/** What is at a path of an official host. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
}

export const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex')

/** Small packages under the real names: the program in each says which release it is of. */
const packages: Readonly<Record<string, { versions: readonly string[]; files: readonly string[] }>> = {
  kubeadm: { versions: ['1.36.2-1.1', packageVersion], files: ['usr/bin/kubeadm'] },
  kubelet: { versions: ['1.36.2-1.1', packageVersion], files: ['usr/bin/kubelet', 'etc/default/kubelet'] },
  kubectl: { versions: ['1.36.2-1.1', packageVersion], files: ['usr/bin/kubectl'] },
  'kubernetes-cni': { versions: ['1.8.0-1.1', '1.9.1-1.1'], files: ['opt/cni/bin/bridge', 'opt/cni/bin/loopback'] },
  'cri-tools': { versions: ['1.36.0-1.1'], files: ['usr/bin/crictl'] },
}

/** Makes the apt repository of pkgs.k8s.io, signed with a key of its own, and returns its files by their paths. */
export function aptRepository(work: string): Map<string, Answer> {
  const files = new Map<string, Answer>()
  const pool = join(work, 'pool')
  mkdirSync(pool, { recursive: true })
  for (const [name, { versions, files: contents }] of Object.entries(packages)) {
    for (const version of versions) {
      const stage = join(work, `${name}-${version}`)
      for (const path of contents) {
        mkdirSync(dirname(join(stage, path)), { recursive: true })
        writeFileSync(join(stage, path), `#!/bin/sh\necho official ${name} ${version}\n`)
        chmodSync(join(stage, path), 0o755)
      }
      mkdirSync(join(stage, 'DEBIAN'))
      const control = {
        Package: name,
        Version: version,
        Architecture: 'amd64',
        Maintainer: 'x <x@example.com>',
        Description: 'x',
      }
      writeFileSync(join(stage, 'DEBIAN/control'), fields(control))
      execFileSync('dpkg-deb', ['--root-owner-group', '--build', stage, join(pool, `${name}_${version}_amd64.deb`)])
    }
  }
  let index = ''
  for (const file of readdirSync(pool).sort()) {
    const deb = readFileSync(join(pool, file))
    const control = execFileSync('dpkg-deb', ['--field', join(pool, file)], { encoding: 'utf8' })
    index += `${control}${fields({ Filename: `amd64/${file}`, Size: deb.length, SHA256: sha256(deb) })}\n`
    files.set(`amd64/${file}`, { body: deb })
  }
  files.set('Packages', { body: index })
  files.set('Packages.gz', { body: gzipSync(index) })
  const sums = ['Packages', 'Packages.gz'].map((name) => {
    const body = files.get(name)?.body ?? ''
    return ` ${sha256(body)} ${Buffer.byteLength(body)} ${name}`
  })
  const release = `${fields({ Origin: 'obs://build.opensuse.org/isv:kubernetes', Architectures: 'amd64', Date: new Date().toUTCString() })}SHA256:\n${sums.join('\n')}\n`
  files.set('Release', { body: release })
  const key = signingKey(join(work, 'gnupg'))
  files.set('Release.key', { body: key.armored })
  files.set('InRelease', { body: key.clearsign(release) })
  return files
}

/** A key as a publisher has it. */
export function signingKey(home: string) {
  mkdirSync(home, { mode: 0o700 })
  const gpg = (args: readonly string[], input = '') =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--no-tty', '--passphrase', '', ...args], {
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  gpg(['--quick-generate-key', 'isv:kubernetes OBS Project <x@example.com>', 'rsa2048', 'sign', 'never'])
  return { armored: gpg(['--armor', '--export']), clearsign: (text: string) => gpg(['--clearsign'], text) }
}

function fields(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

/** A registry's content: manifests by `repository:tag` and by digest, blobs by digest. */
export interface Registry {
  readonly manifests: Map<string, { readonly type: string; readonly body: string }>
  readonly blobs: Map<string, Buffer>
}

const docker = 'application/vnd.docker'

/** Images of several processors under these names, of which only that for amd64 is there. */
export function registryOf(names: readonly string[]): Registry {
  const registry: Registry = { manifests: new Map(), blobs: new Map() }
  const blob = (content: Buffer, mediaType: string) => {
    const digest = `sha256:${sha256(content)}`
    registry.blobs.set(digest, content)
    return { mediaType, digest, size: content.length }
  }
  for (const name of names) {
    const [repository, tag] = name.split(':')
    const tar = execFileSync('tar', [
      '-C',
      '/etc',
      '-c',
      'hostname',
      `--transform=s|.*|official-${sha256(name).slice(0, 8)}|`,
    ])
    const layer = blob(gzipSync(tar), `${docker}.image.rootfs.diff.tar.gzip`)
    const config = {
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: [name] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(tar)}`] },
    }
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: `${docker}.distribution.manifest.v2+json`,
      config: blob(Buffer.from(JSON.stringify(config)), `${docker}.container.image.v1+json`),
      layers: [layer],
    })
    const type = `${docker}.distribution.manifest.v2+json`
    const digest = `sha256:${sha256(manifest)}`
    registry.manifests.set(`${repository}@${digest}`, { type, body: manifest })
    const entry = (architecture: string, of: string) => ({
      mediaType: type,
      size: manifest.length,
      digest: of,
      platform: { architecture, os: 'linux' },
    })
    const list = `${docker}.distribution.manifest.list.v2+json`
    const entries = [entry('arm64', `sha256:${sha256('arm64')}`), entry('amd64', digest)]
    registry.manifests.set(`${repository}:${tag}`, {
      type: list,
      body: JSON.stringify({ schemaVersion: 2, mediaType: list, manifests: entries }),
    })
  }
  return registry
}
