import { describe, expect, it } from 'vitest'
import { commandLines, type Page, pages, prose } from './markdown.ts'

const all = pages()
const isChinese = ({ file }: Page) => /zh-CN/.test(file)
const english = all.filter((page) => !isChinese(page))

describe.each(all.filter(isChinese).map((page) => ({ file: page.file, page })))('$file', ({ page }) => {
  const said = (what: string) => english.some(({ text }) => text.includes(what))

  it('gives no figure and no version that the English pages do not give', () => {
    const figures = prose(page)
      .replace(/\]\([^)]*\)/g, '')
      .match(/\d+(?:[.,]\d+)+|\d{2,}/g)
    expect(figures?.filter((figure) => !said(figure)) ?? []).toEqual([])
  })

  it('cites no source that the English pages do not cite', () => {
    const sources = [...prose(page).matchAll(/\]\((https?:[^)\s]+)\)/g)].map((match) => match[1] ?? '')
    expect(sources.filter((source) => !said(source))).toEqual([])
  })

  it('gives no command that the English pages do not give', () => {
    const known = new Set(english.flatMap(commandLines))
    const lines = commandLines(page).map((line) => line.replace(/ +#.*$/, '').replace(' --mirrors aliyun', ''))
    expect(lines.filter((line) => ![...known].some((one) => one.replace(/ +#.*$/, '') === line))).toEqual([])
  })
})

describe('the Chinese README', () => {
  const chinese = all.find((page) => page.file === 'README.zh-CN.md') as Page

  it('starts with the same commands, with mirrors', () => {
    const english = all.find((page) => page.file === 'README.md') as Page
    const quickstart = (page: Page) => {
      const block = page.blocks.find(({ language }) => language === 'console')?.text ?? ''
      return block.split('\n').map((line) => line.replace(/ +#.*$/, ''))
    }
    expect(quickstart(english).length).toBeGreaterThan(4)
    expect(quickstart(chinese).map((line) => line.replace(' --mirrors aliyun', ''))).toEqual(quickstart(english))
  })

  it('leads to all that the English one leads to', () => {
    const english = all.find((page) => page.file === 'README.md') as Page
    const places = (page: Page) =>
      [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^README|#/.test(link))
    expect([...new Set(places(english))].filter((place) => !places(chinese).includes(place))).toEqual([])
  })
})
