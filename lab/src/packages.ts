import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPackage, describe, packagesRecipe } from './built-packages.ts'
import { kubernetesPrograms } from './kubernetes-programs.ts'
import type { LabHost } from './model.ts'
import { insideOrFail } from './power.ts'
import { recipeText } from './recipe.ts'
import { kubernetesMinor } from './release.ts'
import { inUpstream, upstreamData } from './upstream.ts'

const repository = `kubernetes/core:/stable:/v${kubernetesMinor}/deb`

/**
 * Fills the apt repository, signed by the lab and laid out as pkgs.k8s.io has it, with the official packages or with built
 * ones, never with both. Does nothing when it is filled already.
 */
export async function fillPackages(upstream: LabHost): Promise<void> {
  const from = await kubernetesPrograms()
  const packages = from.debs === undefined ? await describe(from) : []
  const own = await recipeText('packages.ts')
  const content = from.debs === undefined ? await packagesRecipe(packages) : (await readdir(from.debs)).sort().join(' ')
  const key = createHash('sha256').update(own).update(content).digest('hex')
  const stamp = join(upstreamData(), 'packages', 'filled')
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === key) return
  const unfinished = join(upstreamData(), 'packages.unfinished')
  await rm(unfinished, { recursive: true, force: true })
  const pool = join(unfinished, repository, 'amd64')
  await mkdir(pool, { recursive: true })
  for (const entry of packages) await buildPackage(upstream, entry, pool)
  if (from.debs !== undefined) {
    for (const name of await readdir(from.debs)) await copyFile(join(from.debs, name), join(pool, name))
  }
  await sign(upstream, join(unfinished, repository))
  await writeFile(join(unfinished, 'filled'), key)
  await rm(join(upstreamData(), 'packages'), { recursive: true, force: true })
  await rename(unfinished, join(upstreamData(), 'packages'))
}

// The key is made once and kept in the cache, so that hosts of a lab that is up go on trusting a repository filled anew.
async function sign(upstream: LabHost, directory: string): Promise<void> {
  const script = `set -eu
export GNUPGHOME=${inUpstream(join(upstreamData(), 'gnupg'))}
if [ ! -e "$GNUPGHOME/made" ]; then
  mkdir -p -m 0700 "$GNUPGHOME"
  gpg --batch --quiet --passphrase '' --quick-generate-key 'provision lab <root@localhost>' rsa3072 sign never
  : >"$GNUPGHOME/made"
fi
cd ${inUpstream(directory).replace(/:/g, '\\:')}
apt-ftparchive packages . >Packages
gzip -k -1 Packages
apt-ftparchive -o APT::FTPArchive::Release::Origin='provision lab' release . >Release.new
mv Release.new Release
gpg --batch --quiet --yes --clearsign -o InRelease Release
gpg --batch --quiet --yes --armor --detach-sign -o Release.gpg Release
gpg --batch --quiet --yes --armor --export -o Release.key`
  await insideOrFail(upstream, 'sh', '-c', script)
}
