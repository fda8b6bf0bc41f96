import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, shells } from './harness.ts'
import { shippedTask } from './shipped.ts'

// Whether a host that is a node already would be called otherwise. The task's own host is w1.

const joined = (file: string) =>
  `apiVersion: v1\nusers:\n- name: default-auth\n  user:\n    client-certificate: ${file}\n    client-key: ${file}\n`
const made = (name: string) => `apiVersion: v1\nusers:\n- name: system:node:${name}\n  user:\n`

interface Case {
  readonly name: string
  /** kubelet.conf, where there is one; `certificate` in a file that it leads to. */
  readonly conf?: (file: string) => string
  readonly certificate?: string
  readonly refused?: string
}

const cases: readonly Case[] = [
  { name: 'a host that is no node' },
  { name: 'a first control plane, or what kubeadm wrote before the kubelet did', conf: () => made('w1') },
  { name: 'another one', conf: () => made('gpu-07'), refused: 'gpu-07' },
  { name: 'one whose name begins as another', conf: () => made('w10'), refused: 'w10' },
  { name: 'flow style', conf: () => 'users: [{ name: system:node:gpu-07 }]\n', refused: 'gpu-07' },
  { name: 'a node that has joined', conf: joined, certificate: '/O=system:nodes/CN=system:node:w1' },
  { name: 'another one that has', conf: joined, certificate: '/O=system:nodes/CN=system:node:w10', refused: 'w10' },
  { name: 'a certificate of no node', conf: joined, certificate: '/CN=admin' },
  { name: 'a certificate that is gone', conf: joined },
]

describe.concurrent.each(shells)('under %s', (shell) => {
  it.for(cases)('$name', async ({ conf, certificate, refused }, { place }) => {
    const kubernetes = join(place.root, 'host/etc/kubernetes')
    const file = join(kubernetes, 'kubelet.pem')
    mkdirSync(kubernetes, { recursive: true })
    if (conf) writeFileSync(join(kubernetes, 'kubelet.conf'), conf(file))
    if (certificate) {
      const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj'
      execFileSync('openssl', [...words.split(' '), certificate, '-keyout', file, '-out', `${file}.crt`], {
        stdio: 'ignore',
      })
      execFileSync('sh', ['-c', `cat ${file}.crt >>${file}`])
    }
    const { task, options } = shippedTask(place, 'Host name')
    const events = await place.program(shell, [task], { ...options, mode: 'check' }).run()
    if (refused === undefined) expect(outline(events).join()).toMatch(/(would-change|ok) t1/)
    else {
      expect(outline(events)).toContain('failed t1 check 3')
      expect(JSON.stringify(events)).toContain(
        `this host is node ${refused} already, and a node cannot be renamed to w1`,
      )
    }
  })
})
