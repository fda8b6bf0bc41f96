import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { slug } from '../../../../docs/.vitepress/slug.ts'

export const repository = resolve(import.meta.dirname, '../../../..')

/** A page of the documentation, taken apart. */
export interface Page {
  /** Relative to the repository. */
  readonly file: string
  readonly text: string
  readonly blocks: readonly Block[]
}

/** A fenced block. */
export interface Block {
  readonly language: string
  readonly text: string
  /** Line of its first line in the page. */
  readonly line: number
  /** What its first line calls it: `# hosts.yaml`, `<%# node-exporter.ejs -%>`. */
  readonly name?: string | undefined
}

/** Pages beside package.json and everything below docs/. */
export function pages(): Page[] {
  const docs = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
  return [...readdirSync(repository), ...docs.map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/node_modules/'))
    .sort()
    .map(readPage)
}

function readPage(file: string): Page {
  const text = readFileSync(join(repository, file), 'utf8')
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match): Block => {
    const body = match[2] ?? ''
    const line = text.slice(0, match.index).split('\n').length + 1
    return { language: match[1] ?? '', text: body, line, name: /^(?:#|<%#) ([\w.-]+\.(?:yaml|ejs))\b/.exec(body)?.[1] }
  })
  return { file, text, blocks }
}

/** Its words without what stands in fences. */
export function prose(page: Page): string {
  return page.text.replace(/^```\w*\n[\s\S]*?^```$/gm, '')
}

/** The command lines of `provision` in a page, in fences and within the text, each with its page. */
export function commandLines(page: Page): string[] {
  const fenced = page.blocks
    .filter((block) => ['', 'sh', 'console'].includes(block.language))
    .flatMap((block) => block.text.split('\n'))
    .flatMap((line) => line.replace(/^\$ /, '').split(/&&|\|\||[|;]|\$\(/))
  const inline = [
    ...prose(page)
      .replaceAll('\n', ' ')
      .matchAll(/`([^`]+)`/g),
  ].map((match) => match[1] ?? '')
  return [...fenced, ...inline]
    .map((line) => line.trim().replace(/^bin\//, ''))
    .filter((line) => /^provision( [^:(…]*)?$/.test(line))
}

/** Words of a command line as a shell would make them; comments and redirections are left out. */
export function words(line: string): string[] {
  const bare = line.replace(/\s#.*$/, '').replace(/\s>.*$/, '')
  return [...bare.matchAll(/'([^']*)'|"([^"]*)"|[^\s'")]+/g)].map((match) => match[1] ?? match[2] ?? match[0]).slice(1)
}

/** Anchors of a page's headings. */
export function anchors(page: Page): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1] ?? ''))
}
