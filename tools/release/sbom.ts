import manifest from '../../package.json' with { type: 'json' }
import type { Library } from './libraries.ts'

/** A CycloneDX 1.6 list of what is inside. Made of the same sources it is the same, so it has no time and no serial number. */
export function sbom(
  libraries: readonly Library[],
  node?: { readonly version: string; readonly sha256: string },
): object {
  const components = [...libraries.map(libraryComponent), ...(node === undefined ? [] : [nodeComponent(node)])]
  const purl = `pkg:npm/${manifest.name}@${manifest.version}`
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purl,
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        licenses: [{ expression: manifest.license }],
        purl,
      },
    },
    components,
    dependencies: [
      { ref: purl, dependsOn: components.map((one) => one['bom-ref']) },
      ...components.map((one) => ({ ref: one['bom-ref'] })),
    ],
  }
}

function libraryComponent({ name, version, license, integrity }: Library) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    licenses: [{ expression: license }],
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity, 'base64').toString('hex') }],
    purl,
  }
}

/** Node with its own parts, such as OpenSSL, which advisories name: those of the Node that runs this. */
function nodeComponent({ version, sha256 }: { readonly version: string; readonly sha256: string }) {
  const purl = `pkg:github/nodejs/node@v${version}`
  const { node: _, modules: _abi, napi: _napi, unicode: _unicode, ...parts } = process.versions
  return {
    type: 'platform',
    'bom-ref': purl,
    name: 'node',
    version,
    licenses: [{ expression: 'MIT' }],
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    purl,
    components: Object.entries(parts).map(([name, part]) => ({
      type: 'library',
      'bom-ref': `${purl}#${name}`,
      name,
      version: part,
    })),
  }
}
