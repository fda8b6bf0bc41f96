import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { program, repository } from '../program.ts'

export interface Library {
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly license: string
  /** SHA-512 of its package as npm has it, in base64. */
  readonly integrity: string
  readonly licenseText: string
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  /** As older packages have it. */
  readonly licenses?: readonly { readonly type: string }[]
}

/** The npm packages whose code is in the program, by name: what rolldown took, not what was installed. */
export async function librariesInside(): Promise<Library[]> {
  const bundle = await rolldown(program)
  const { output } = await bundle.generate({ format: 'esm' })
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
  const directories = new Set(modules.filter((id) => id.startsWith(join(repository, 'node_modules/'))).map(packageOf))
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string } | undefined>
  }
  return [...directories].sort().map((directory) => {
    const { name, version, licenses, license = licenses?.[0]?.type } = read(directory)
    const integrity = packages[relative(repository, directory)]?.integrity?.replace('sha512-', '')
    const text = readdirSync(directory).find((file) => /^licen[cs]e/i.test(file))
    if (!name || !version || !license || !integrity || !text)
      throw new Error(`${directory}: no name, version, license, checksum or license text`)
    return { name, version, license, integrity, licenseText: readFileSync(join(directory, text), 'utf8').trim() }
  })
}

/** The texts that a copy of the program has to come with. */
export function licenseTexts(libraries: readonly Library[]): string {
  const parts = libraries.map((one) => `${one.name} ${one.version} (${one.license})\n\n${one.licenseText}\n`)
  return `provision contains these libraries.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`
}

/** Folders inside a package have manifests of their own, without a version. */
function packageOf(file: string): string {
  const directory = dirname(file)
  return existsSync(join(directory, 'package.json')) && read(directory).version ? directory : packageOf(directory)
}

function read(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
}
