import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type MirrorPreset, mirrorPresets, osArchives } from '../../../../src/catalogue/mirrors.ts'
import { repository } from './markdown.ts'

const presets = Object.entries(mirrorPresets)
const bare = (url: string) => url.replace(/^https:\/\//, '')

it.each([
  ['docs/guides/mirrors.md', 'time servers'],
  ['docs/zh-CN/guides/mirrors.md', '时间服务器'],
])('%s shows the presets as they are', (file, timeServers) => {
  const page = readFileSync(join(repository, file), 'utf8')
  const [, table] = /<!-- presets -->\n((?:\|.*\n)+)/.exec(page) ?? []
  expect(table).toBe(tableOf().replace('time servers', timeServers))
})

function tableOf(): string {
  const registries = [...new Set(presets.flatMap(([, preset]) => Object.keys(preset.registries)))]
  return [
    `| | ${presets.map(([name]) => `\`${name}\``).join(' | ')} |`,
    `|${'---|'.repeat(presets.length + 1)}`,
    row('Kubernetes', ({ packages }) => [packages.kubernetes]),
    row('Docker', ({ packages }) => [packages.docker]),
    ...Object.keys(osArchives).map((archive) =>
      row(`\`${archive}\``, ({ packages }) =>
        [packages.os[archive as keyof typeof packages.os]].flatMap((one) => one ?? []),
      ),
    ),
    ...registries.map((registry) => row(`\`${registry}\``, (preset) => preset.registries[registry] ?? [])),
    row('time servers', (preset) => preset.timeServers),
    '',
  ].join('\n')
}

function row(title: string, of: (preset: MirrorPreset) => readonly string[]): string {
  const cells = presets.map(([, preset]) => of(preset).map((url) => `\`${bare(url)}\``))
  return `| ${title} |${cells.map((cell) => (cell.length === 0 ? ' |' : ` ${cell.join(', ')} |`)).join('')}`
}
