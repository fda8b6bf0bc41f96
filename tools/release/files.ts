import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { repository } from '../program.ts'
import { makeBinary } from './binary.ts'
import { librariesInside, licenseTexts } from './libraries.ts'
import { nodeFor, nodeLicense, nodeVersion, type Processor } from './node.ts'
import { sbom } from './sbom.ts'

// Makes build/release/: the package, an archive for each executable, what is inside of them, and SHA256SUMS.

const work = join(repository, 'build/work')
const release = join(repository, 'build/release')
const processors: readonly Processor[] = ['x64', 'arm64']

rmSync(release, { recursive: true, force: true })
for (const directory of [work, release]) mkdirSync(directory, { recursive: true })
const libraries = await librariesInside()

const pack = ['pack', '--pack-destination', release, '--json', '--loglevel=error']
execFileSync('npm', pack, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] })
const [archive] = readdirSync(release)
write(`${archive}.cdx.json`, sbom(libraries))

for (const processor of processors) {
  const name = `${manifest.name}-${manifest.version}-linux-${processor}`
  const directory = join(work, name)
  mkdirSync(directory, { recursive: true })
  renameSync(await makeBinary(processor, work), join(directory, 'provision'))
  copyFileSync(join(repository, 'LICENSE'), join(directory, 'LICENSE'))
  const texts = [licenseTexts(libraries), `Node.js ${nodeVersion}\n\n${nodeLicense(processor, work)}`]
  writeFileSync(join(directory, 'THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
  // The same of the same sources: names in order, and no time and owner of the machine that makes it.
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX']
  execFileSync('tar', [...same, '-czf', join(release, `${name}.tar.gz`), '-C', work, name])
  write(`${name}.cdx.json`, sbom(libraries, { version: nodeVersion, sha256: sha256(nodeFor(processor, work)) }))
}

const sums = readdirSync(release).map((name) => `${sha256(join(release, name))}  ${name}\n`)
writeFileSync(join(release, 'SHA256SUMS'), sums.join(''))
process.stdout.write(execFileSync('ls', ['-l', release]))

function write(name: string, content: object): void {
  writeFileSync(join(release, basename(name)), `${JSON.stringify(content, null, 2)}\n`)
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
