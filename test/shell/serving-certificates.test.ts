import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { shells } from './harness.ts'

interface Case {
  readonly name: string
  readonly user: string
  readonly groups?: string
  readonly usages?: string
  readonly request?: { readonly subject: string; readonly names?: string }
  /** Instead of a request. */
  readonly raw?: string
  readonly refused?: string
}

const script = new URL('../../scripts/certificates/serving.sh', import.meta.url).pathname
const cases = parse(readFileSync(new URL('cases/serving-certificates.yaml', import.meta.url), 'utf8')) as Case[]

describe('serving certificates of kubelets', () => {
  let root: string
  const requests = new Map<string, string>()

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'provision-serving-'))
    mkdirSync(join(root, 'etc/kubernetes'), { recursive: true })
    mkdirSync(join(root, 'bin'))
    mkdirSync(join(root, 'down'))
    writeFileSync(join(root, 'etc/kubernetes/provision-nodes'), 'w1 10.0.0.21\nw2 10.0.0.22\nw6 fd00::21\n')
    // The API server: what waits there, and what it was told to approve.
    writeFileSync(
      join(root, 'bin/kubectl'),
      `#!/bin/sh\ncase $* in *' approve '*) echo "approved \${*##* }" ;; *) cat ${root}/waiting ;; esac\n`,
      { mode: 0o755 },
    )
    const key = join(root, 'key')
    execFileSync('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key])
    for (const { name, request } of cases) {
      if (request === undefined) continue
      const names = request.names === undefined ? [] : ['-addext', `subjectAltName=${request.names}`]
      requests.set(
        name,
        execFileSync('openssl', ['req', '-new', '-key', key, '-subj', request.subject, ...names], { encoding: 'utf8' }),
      )
    }
  })

  afterAll(() => rmSync(root, { recursive: true }))

  describe.each(shells)('under %s', (shell) => {
    const [program = '', ...words] = shell.split(' ')

    it.each(cases)('$name', ({ name, user, groups, usages, raw, refused }) => {
      const text = Buffer.from(requests.get(name) ?? raw ?? '').toString('base64')
      const line = [
        'csr-1',
        user,
        groups ?? 'system:nodes,system:authenticated,',
        usages ?? 'digital signature,server auth,',
        text,
      ].join('|')
      writeFileSync(join(root, 'waiting'), `${line}\n`)
      const env = { PATH: `${root}/bin:${process.env.PATH}`, PROVISION_ROOT: root, TMPDIR: root }
      const { stdout, stderr, status } = spawnSync(program, [...words, script, 'once'], { env, encoding: 'utf8' })
      expect(status).toBe(0)
      expect(stdout.trim()).toBe(refused === undefined ? 'approved csr-1' : '')
      if (refused === undefined) expect(stderr).toBe('')
      else expect(stderr).toContain(refused)
    })

    it('writes nothing where others may write', () => {
      const shared = join(root, 'shared')
      const kept = join(root, 'kept')
      mkdirSync(shared, { recursive: true })
      writeFileSync(kept, 'of root')
      // A link under a name that is known beforehand.
      rmSync(join(shared, 'provision-requests'), { force: true })
      symlinkSync(kept, join(shared, 'provision-requests'))
      writeFileSync(join(root, 'waiting'), '')
      const env = { PATH: `${root}/bin:${process.env.PATH}`, PROVISION_ROOT: root, TMPDIR: shared }
      const { stderr, status } = spawnSync(program, [...words, script, 'once'], { env, encoding: 'utf8' })
      expect([status, stderr]).toEqual([0, ''])
      expect(readFileSync(kept, 'utf8')).toBe('of root')
      expect(readdirSync(shared)).toEqual(['provision-requests'])
    })

    it('fails where the API server does not answer', () => {
      writeFileSync(join(root, 'down/kubectl'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
      const env = { PATH: `${root}/down:${process.env.PATH}`, PROVISION_ROOT: root }
      expect(spawnSync(program, [...words, script, 'once'], { env }).status).not.toBe(0)
    })
  })
})
