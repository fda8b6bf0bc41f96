import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { digestOfFiles, packFiles } from '../../../src/modules/helm/chart-archive.ts'

const long = `templates/${'deep/'.repeat(60)}a.yaml`
const files = new Map([
  ['Chart.yaml', Buffer.from('name: own\n')],
  [long, Buffer.from('x'.repeat(1000))],
  ['empty', Buffer.alloc(0)],
])

it('packs files so that any tar unpacks them', () => {
  const place = mkdtempSync(join(tmpdir(), 'provision-chart-'))
  try {
    writeFileSync(join(place, 'chart.tgz'), packFiles(files))
    execFileSync('tar', ['-xzf', 'chart.tgz'], { cwd: place })
    for (const [path, content] of files) expect(readFileSync(join(place, path)).equals(content), path).toBe(true)
  } finally {
    rmSync(place, { recursive: true })
  }
})

it('makes the same of the same, and tells others apart', () => {
  expect(packFiles(new Map(files))).toEqual(packFiles(files))
  expect(digestOfFiles(new Map(files))).toBe(digestOfFiles(files))
  const moved = new Map([['Chart.yam', Buffer.from('lname: own\n')]])
  expect(digestOfFiles(moved)).not.toBe(digestOfFiles(new Map([['Chart.yaml', Buffer.from('name: own\n')]])))
})
