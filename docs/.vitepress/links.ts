import { dirname, join } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/** Pages of the repository that the site shows below /project. */
const included: Readonly<Record<string, string>> = {
  'CHANGELOG.md': '/project/changelog',
  'CONTRIBUTING.md': '/project/contributing',
  'SECURITY.md': '/project/security',
  'bench/results.md': '/project/measurements',
}

type Token = ReturnType<MarkdownRenderer['parse']>[number]

/**
 * Turns links to the repository into links of the site. A link to a file that the site does not have becomes plain text:
 * pages name source files for readers who have the repository.
 */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const page = (env as { relativePath: string }).relativePath
    const folder = page.startsWith('project/') ? dirname(sourceOf(page)) : join('docs', dirname(page))
    for (const { children } of tokens) for (const link of linksOf(children ?? [])) redirect(link, folder)
  })
}

function sourceOf(page: string): string {
  const name = `/${page.replace(/\.md$/, '')}`
  return Object.keys(included).find((file) => included[file] === name) ?? page
}

/** Each link's opening and closing token. */
function linksOf(tokens: readonly Token[]): (readonly [Token, Token])[] {
  return tokens.flatMap((open, index) => {
    const close = tokens.slice(index).find(({ type }) => type === 'link_close')
    return open.type === 'link_open' && close !== undefined ? [[open, close] as const] : []
  })
}

function redirect([open, close]: readonly [Token, Token], folder: string): void {
  const href = open.attrGet('href') ?? ''
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return
  const [path = '', anchor] = href.split('#')
  const target = join(folder, path)
  const page = included[target] ?? (target.startsWith('docs/') ? target.slice('docs'.length) : undefined)
  if (page !== undefined) {
    open.attrSet('href', anchor === undefined ? page : `${page}#${anchor}`)
    return
  }
  for (const token of [open, close]) {
    token.tag = 'span'
    token.attrs = null
  }
}
