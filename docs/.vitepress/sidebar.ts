import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const docs = join(import.meta.dirname, '..')

interface Section {
  readonly text: string
  readonly folder: string
  /** Pages in the order of a reader's need. The other pages of the folder follow by name. */
  readonly first: readonly string[]
  readonly collapsed?: boolean
}

const english: readonly Section[] = [
  {
    text: 'Guides',
    folder: 'guides',
    first: [
      'add-a-node',
      'remove-a-node',
      'reset',
      'status',
      'drift',
      'certificates',
      'backup',
      'restore',
      'rebuild',
      'mirrors',
      'proxy',
      'offline',
      'firewall',
      'multiple-networks',
      'dns',
      'addons',
      'helm',
      'playbooks',
    ],
  },
  { text: 'Troubleshooting', folder: 'troubleshooting', first: ['index', 'failed-runs', 'ssh-and-sudo'] },
  { text: 'Concepts', folder: 'concepts', first: ['how-it-works', 'idempotence-and-plan', 'security'] },
  { text: 'Reference', folder: 'reference', first: ['cli', 'inventory', 'playbooks', 'variables', 'events'] },
  { text: 'Add-ons', folder: 'reference/addons', first: [], collapsed: true },
  { text: 'Contributing', folder: 'contributing', first: ['recipes', 'style', 'lab'], collapsed: true },
  { text: 'Decisions', folder: 'decisions', first: ['index'], collapsed: true },
]

const chinese: readonly Section[] = [
  { text: '操作指南', folder: 'zh-CN/guides', first: ['mirrors', 'offline', 'add-a-node'] },
]

interface Item {
  readonly text: string
  readonly link?: string
  readonly items?: readonly Item[]
  readonly collapsed?: boolean
}

/** The site's sidebars, by the folder whose pages show them. */
export function sidebars(): Record<string, Item[]> {
  return {
    '/': [
      { text: 'Start', items: ['quickstart', 'install'].filter(exists).map(item) },
      ...english.map(section),
      {
        text: 'Project',
        items: [item('ARCHITECTURE'), ...pagesOf('project').map((page) => item(`project/${page}`))],
      },
    ],
    '/zh-CN/': [
      { text: '开始使用', items: ['zh-CN/quickstart'].filter(exists).map(item) },
      ...chinese.map(section),
      { text: '故障排查', items: ['zh-CN/troubleshooting'].filter(exists).map(item) },
      { text: 'English', items: [{ text: 'All pages', link: '/' }] },
    ],
  }
}

function section({ text, folder, first, collapsed = false }: Section): Item {
  const pages = pagesOf(folder)
  const ordered = [...first.filter((page) => pages.includes(page)), ...pages.filter((page) => !first.includes(page))]
  return { text, collapsed, items: ordered.map((page) => item(`${folder}/${page}`)) }
}

function item(page: string): Item {
  return { text: titleOf(page), link: `/${page.replace(/(^|\/)index$/, '$1')}` }
}

function exists(page: string): boolean {
  return existsSync(join(docs, `${page}.md`))
}

/** Names of a folder's pages, without the ending. */
function pagesOf(folder: string): string[] {
  if (!existsSync(join(docs, folder))) return []
  return readdirSync(join(docs, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.slice(0, -'.md'.length))
    .sort()
}

/** A page's first heading; of a page that includes a file, that file's. */
function titleOf(page: string): string {
  const file = join(docs, `${page}.md`)
  const text = readFileSync(file, 'utf8')
  const [, included] = /<!--@include: (\S+)-->/.exec(text) ?? []
  const source = included === undefined ? text : readFileSync(join(file, '..', included), 'utf8')
  return /^# (.*)$/m.exec(source)?.[1]?.replaceAll('`', '') ?? page
}
