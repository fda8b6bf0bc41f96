import { expect, test } from 'vitest'
import { librariesInside, licenseTexts } from '../../../../tools/release/libraries.ts'
import { sbom } from '../../../../tools/release/sbom.ts'

const libraries = await librariesInside()

test('what is in the program is listed, and nothing that only makes or tests it', () => {
  const names = libraries.map((one) => one.name)
  expect(names).toEqual(expect.arrayContaining(['commander', 'ssh2', 'yaml', 'zod']))
  for (const name of ['rolldown', 'typescript', 'vitest', 'postject']) expect(names).not.toContain(name)
})

test('each library comes with its licence', () => {
  const texts = licenseTexts(libraries)
  for (const { name, version, license } of libraries) expect(texts).toContain(`${name} ${version} (${license})\n\n`)
})

test('the list of an executable has Node and what Node itself contains', () => {
  const { components } = sbom(libraries, { version: '24.0.0', sha256: 'ab' }) as {
    components: { name: string; purl: string; components?: { name: string }[] }[]
  }
  const node = components.find((one) => one.name === 'node')
  expect(node).toMatchObject({ version: '24.0.0', hashes: [{ alg: 'SHA-256', content: 'ab' }] })
  expect(node?.components?.map((one) => one.name)).toEqual(expect.arrayContaining(['openssl', 'v8', 'zlib']))
  expect(new Set(components.map((one) => one.purl)).size).toBe(libraries.length + 1)
})
