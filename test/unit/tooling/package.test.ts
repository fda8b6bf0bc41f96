import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
const directory = mkdtempSync(join(tmpdir(), 'package-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

// A checkout finds all that lies beside its code, and libraries; a package has only what package.json names.
test('what npm packs runs by itself', () => {
  execFileSync(join(repository, 'bin/provision'), ['--version'])
  const npm = ['pack', '--dry-run', '--ignore-scripts', '--json', '--loglevel=error']
  const listed = JSON.parse(execFileSync('npm', npm, { cwd: repository, encoding: 'utf8' })) as unknown
  // npm 12 lists packages by name.
  const [packed] = Object.values(listed as object) as { files: { path: string }[] }[]
  const place = join(directory, 'provision')
  for (const { path } of packed?.files ?? []) {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    cpSync(join(repository, path), join(place, path))
  }
  writeFileSync(
    join(directory, 'hosts.yaml'),
    `cluster: x
ssh: { port: 1 }
hosts: { cp1: { address: 127.0.0.1, node: { address: 10.0.0.1 }, role: control-plane } }
addons: { traefik: true }
helm: {}
`,
  )
  const run = (...words: string[]) => {
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
    return spawnSync(join(place, 'bin/provision'), words, { cwd: directory, env, encoding: 'utf8' })
  }
  for (const system of ['debian-13', 'rocky-9']) {
    const { stdout, stderr, status } = run('compile', '--host', 'cp1', '--system', system)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/\nmain\(\) \{\n/)
  }
  // SSH is loaded, too, and finds nothing that listens.
  const refused = run('plan')
  expect(refused.stdout).toContain('unreachable: cp1: connection refused by 127.0.0.1:1\n')
  expect(run('lab', 'status', '--name', 'none').stdout).toBe('there is no lab none\n')
})
