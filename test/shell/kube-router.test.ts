import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { renderedWith } from '../rendered.ts'
import { shells } from './harness.ts'

const root = mkdtempSync(join(tmpdir(), 'provision-kube-router-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const wanted = '{"plugins":[{"ipam":{}}]}\n'
const extended = '{"plugins":[{"ipam":{"subnet":"10.244.1.0/24"}}]}'

/** The CNI configuration when a pod of kube-router starts, what it was once made of, whether its bridge is there, and what it is then. */
const cases: readonly (readonly [string, string | undefined, string | undefined, boolean, string])[] = [
  ['none yet', undefined, undefined, false, wanted],
  ['with the subnet that kube-router added', extended, wanted, true, extended],
  ['of an earlier boot', extended, wanted, false, wanted],
  ['of another release', extended, '{}', true, wanted],
  ['made before its source was kept', extended, undefined, true, wanted],
  ['cut short', extended.slice(0, 30), wanted, true, wanted],
  ['empty', '', wanted, true, wanted],
]

/** The script of the init container, with its two directories elsewhere. */
function script(): string {
  const manifest = renderedWith({}, 'networks/kube-router/manifest.yaml.ejs')
  const objects = parseAllDocuments(manifest).map((document) => document.toJS())
  const [init] = objects.find((object) => object.kind === 'DaemonSet').spec.template.spec.initContainers
  return init.command[2]
    .replaceAll('/etc/cni/net.d', root)
    .replaceAll('/configuration', join(root, 'source'))
    .replaceAll('/sys/class/net', join(root, 'net'))
}

test.each(shells.flatMap((shell) => cases.map((each) => [shell, ...each] as const)))(
  '%s: a CNI configuration %s',
  (shell, _, there, source, bridge, then) => {
    const [file, kept] = ['10-kuberouter.conflist', '.kube-router.source'].map((name) => join(root, name)) as [
      string,
      string,
    ]
    mkdirSync(join(root, 'source'), { recursive: true })
    writeFileSync(join(root, 'source/cni.conflist'), wanted)
    for (const [path, content] of [
      [file, there],
      [kept, source],
    ] as const) {
      if (content === undefined) rmSync(path, { force: true })
      else writeFileSync(path, content)
    }
    rmSync(join(root, 'net'), { recursive: true, force: true })
    if (bridge) mkdirSync(join(root, 'net/kube-bridge'), { recursive: true })
    const [program = '', ...words] = shell.split(' ')
    execFileSync(program, [...words, '-c', script()])
    expect(readFileSync(file, 'utf8')).toBe(then)
    expect(readFileSync(kept, 'utf8')).toBe(wanted)
    expect(existsSync(join(root, '.kube-router.new'))).toBe(false)
  },
)
