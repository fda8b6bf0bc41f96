import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../../../../src/cli/program.ts'
import { loadInventory } from '../../../../src/inventory/load.ts'
import { clusterPlaybooks, ownPlaybooks } from '../../../../src/operations/playbooks.ts'
import { anchors, type Block, commandLines, type Page, pages, prose, repository, words } from './markdown.ts'

const all = pages()
const directory = mkdtempSync(join(tmpdir(), 'docs-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Files that examples speak of without showing them. */
const unseen: Readonly<Record<string, string>> = {
  'registry-ca.crt': '',
  'extra.yaml': '',
  'tls.crt': '',
  'tls.key': '',
  'charts/shop/Chart.yaml': 'name: shop\nversion: 1.0.0\n',
  'shop-values.yaml': 'replicas: 2\n',
  'shop-secrets.yaml': 'password: x\n',
}
const hosts = 'hosts: { cp1: { address: 10.0.0.11, role: control-plane }, w1: { address: 10.0.0.21, role: worker } }\n'

/** The files that a page shows, written where they can be loaded; the page's directory. */
function written(page: Page): string {
  const place = join(directory, page.file)
  mkdirSync(place, { recursive: true })
  for (const [name, text] of Object.entries(unseen)) {
    mkdirSync(dirname(join(place, name)), { recursive: true })
    writeFileSync(join(place, name), text)
  }
  for (const { name, text } of page.blocks) if (name !== undefined) writeFileSync(join(place, name), text)
  return place
}

const yaml = (page: Page) => page.blocks.filter((block) => block.language === 'yaml')
const keys = (block: Block) => Object.keys((parse(block.text) as object | null) ?? {})
const isPlaybook = (block: Block) => keys(block).includes('phases')
/** Of Kubernetes. */
const isObject = (block: Block) => keys(block).includes('apiVersion')
const titled = (page: Page, block: Block) => ({ place: `${page.file}:${block.line}`, page, block })

const playbooks = all.flatMap((page) =>
  yaml(page)
    .filter(isPlaybook)
    .map((block) => titled(page, block)),
)
const inventories = all.flatMap((page) =>
  yaml(page)
    .filter((block) => !isPlaybook(block) && !isObject(block) && keys(block).length > 0)
    .map((block) => titled(page, block)),
)

describe('examples load', () => {
  it('there are some', () => {
    expect(playbooks.length).toBeGreaterThan(2)
    expect(inventories.length).toBeGreaterThan(10)
  })

  /** A block without hosts is a part of an inventory: the rest is put before it. */
  it.each(inventories)('inventory $place', ({ page, block }) => {
    const given = keys(block)
    const rest = (given.includes('cluster') ? '' : 'cluster: example\n') + (given.includes('hosts') ? '' : hosts)
    const file = join(written(page), `hosts-${block.line}.yaml`)
    writeFileSync(file, rest + block.text)
    const inventory = loadInventory(file)
    expect(clusterPlaybooks(inventory).length).toBeGreaterThan(0)
  })

  it.each(playbooks)('playbook $place', ({ page, block }) => {
    const place = written(page)
    writeFileSync(join(place, 'hosts.yaml'), `cluster: example\n${hosts}`)
    expect(block.name, 'a playbook is shown with its name').toBeDefined()
    expect(ownPlaybooks([join(place, block.name ?? '')], loadInventory(join(place, 'hosts.yaml')))).toHaveLength(1)
  })
})

describe('command lines are understood', () => {
  // The page of commands is made of the commands themselves.
  const lines = [...new Set(all.filter(({ file }) => file !== 'docs/reference/cli.md').flatMap(commandLines))].sort()

  it('there are some', () => expect(lines.length).toBeGreaterThan(20))

  it.each(lines)('%s', async (line) => {
    const program = createProgram()
    silence(program)
    await expect(program.parseAsync(words(line), { from: 'user' }).catch(unlessHelp)).resolves.not.toThrow()
  })

  function silence(command: Command): void {
    command.action(() => {}).configureOutput({ writeOut: () => {}, writeErr: () => {} })
    // A command of commands has nothing to do itself.
    for (const one of command.commands) silence(one)
  }

  function unlessHelp(error: { exitCode?: number }): void {
    if (error.exitCode !== 0) throw error
  }

  it('scripts of npm are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object }
    const named = all.flatMap((page) => [...page.text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]))
    for (const name of named) expect(scripts).toHaveProperty([name ?? ''])
  })
})

describe('links lead somewhere', () => {
  it.each(all.map((page) => ({ file: page.file, page })))('$file', ({ page }) => {
    for (const [, link = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page.file : join(dirname(page.file), path)
      expect(existsSync(join(repository, target)), `${link} in ${page.file}`).toBe(true)
      if (anchor === undefined) continue
      const linked = all.find((one) => one.file === target)
      expect(linked === undefined ? [] : anchors(linked), `${link} in ${page.file}`).toContain(decodeURI(anchor))
    }
  })
})

describe('messages that troubleshooting pages explain are those of the sources', () => {
  const sources = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ts|sh)$/.test(file))
    .map((file) => readFileSync(join(repository, 'src', file), 'utf8'))
    .join('\n')
  const explained = all
    .filter(({ file }) => /^docs\/troubleshooting\/(?!index)/.test(file))
    .flatMap(({ text }) => text.split(/\n\n/).filter((part) => part.startsWith('| message |')))
    .flatMap((rows) => [...rows.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? ''))

  it('there are some', () => expect(explained.length).toBeGreaterThan(3))

  it.each(explained)('%s', (message) => expect(sources.includes(message)).toBe(true))
})

describe('decisions', () => {
  const files = readdirSync(join(repository, 'docs/decisions'))
    .filter((file) => file !== 'index.md')
    .sort()

  it('are numbered without a gap, and say their number', () => {
    for (const [index, file] of files.entries()) {
      const number = String(index + 1).padStart(3, '0')
      expect(file).toMatch(new RegExp(`^${number}-[a-z0-9-]+\\.md$`))
      expect(readFileSync(join(repository, 'docs/decisions', file), 'utf8')).toMatch(new RegExp(`^# ${number}: `))
    }
  })

  it('every library earns its place, and none is explained that is not there', () => {
    const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Record<string, object>
    const libraries = [manifest.dependencies, manifest.devDependencies].flatMap((list) => Object.keys(list ?? {}))
    const text = readFileSync(join(repository, 'docs/decisions/004-libraries.md'), 'utf8')
    const rows = text.split('\n').filter((line) => line.startsWith('| `'))
    const explained = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map((one) => one[1]),
    )
    expect(explained.sort()).toEqual(libraries.sort())
  })
})

it('the page of files names each that the sources name on hosts', () => {
  const page = all.find(({ file }) => file === 'docs/reference/files.md')?.text ?? ''
  const folders = ['src', 'scripts', 'playbooks', 'templates', 'addons', 'networks']
  const texts = folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
  )
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\/var\/lib\/provision\/[a-z][a-z-]*[a-z]/g)].map(([path]) => path),
  )
  expect([...new Set(named)].filter((path) => !page.includes(path))).toEqual([])
})

describe('paths that pages name are there', () => {
  const folders = 'addons|bench|bin|docs|inventory|lab|networks|playbooks|scripts|src|templates|test|tools'
  // NAME stands for what the reader chooses.
  const path = new RegExp(
    `\\b(?:${folders})/(?![^\\s\`]*(?:NAME|DIR|FILE|SUBJECT|FAMILY|DOMAIN|[*{<…]|\\.\\.\\.))[^\\s\`:]+`,
    'g',
  )
  const named = all.flatMap((page) =>
    [...prose(page).matchAll(/`([^`]+)`/g)]
      .flatMap(([, code = '']) => (/^(?:\/|~|\.)/.test(code) ? [] : [...code.matchAll(path)].map(([found]) => found)))
      .map((found) => ({ file: page.file, found })),
  )

  it('there are some', () => expect(named.length).toBeGreaterThan(100))

  it.each(named)('$found in $file', ({ found }) => expect(existsSync(join(repository, found))).toBe(true))
})
