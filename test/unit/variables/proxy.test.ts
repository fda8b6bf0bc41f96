import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readInventory } from '../../../src/inventory/load.ts'
import { proxyFiles } from '../../../src/variables/proxy.ts'

interface Case {
  readonly name: string
  readonly settings: object
  readonly fetched?: readonly string[]
  readonly environment: string
  /** Hosts that apt reaches directly. */
  readonly apt: readonly string[]
  readonly dnf: string
  readonly mode: string
}

const cases = parse(readFileSync(new URL('proxy.yaml', import.meta.url), 'utf8')) as readonly Case[]

it.each(cases)('a proxy $name', ({ settings, fetched = [], environment, apt, dnf, mode }) => {
  const files = proxyFiles(inventoryOf(settings), 'p@ss:1', fetched)
  expect(files.environment).toBe(environment)
  expect([files.dnf, files.mode]).toEqual([dnf, mode])
  const [, http, https] = /^HTTP_PROXY=(.*)\nHTTPS_PROXY=(.*)$/m.exec(environment) as unknown as [
    string,
    string,
    string,
  ]
  expect(files.apt.split('\n').filter((line) => /Proxy "/.test(line))).toEqual([
    `Acquire::http::Proxy "${http}";`,
    `Acquire::https::Proxy "${https}";`,
  ])
  const direct = [...files.apt.matchAll(/^Acquire::https::Proxy::(\S+) "DIRECT";$/gm)].map((match) => match[1])
  expect(direct).toEqual(apt)
})

it('no proxy leaves nothing to write', () => {
  expect(proxyFiles(inventoryOf({}), '', [])).toEqual({ environment: '', apt: '', dnf: '', mode: '0644' })
})

function inventoryOf(settings: object) {
  const hosts = {
    cp1: { address: '10.0.0.11', role: 'control-plane' },
    w1: { address: '10.0.0.21', role: 'worker' },
  }
  return readInventory(stringify({ cluster: 'prod', hosts, ...settings }), 'hosts.yaml', 'reach')
}
