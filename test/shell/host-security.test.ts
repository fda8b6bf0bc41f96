import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { placeTest as it, outline, shells } from './harness.ts'

// SELinux, control groups and ufw of a host that is made of files: none of them can run where these tests do.

interface Case {
  readonly name: string
  readonly enforce?: string
  readonly config?: string
  readonly mode: string
  readonly ends: 'ok' | 'done' | 'failed'
  readonly after?: string
  readonly boots?: string
}

const cases = parse(readFileSync(new URL('cases/selinux.yaml', import.meta.url), 'utf8')) as readonly Case[]

function write(root: string, path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe.concurrent.each(shells)('under %s', (shell) => {
  it.for(cases)('SELinux: $name', async (given, { place }) => {
    const env = { P_SYS: join(place.work, 'sys'), P_ETC: join(place.work, 'etc') }
    if (given.enforce !== undefined) write(place.work, 'sys/fs/selinux/enforce', given.enforce)
    if (given.config !== undefined) write(place.work, 'etc/selinux/config', given.config)
    const task = { check: `selinux_is ${given.mode}`, apply: `set_selinux ${given.mode}` }
    const events = outline(await place.program(shell, [task], {}, env).run())
    const ended = { ok: ['ok t1', 'end done'], done: ['start t1', 'changed t1', 'end done'], failed: undefined }[
      given.ends
    ]
    if (ended === undefined) expect(events.join()).toMatch(/failed t1 check/)
    else expect(events.filter((event) => !event.startsWith('diff'))).toEqual(ended)
    if (given.after !== undefined) expect(readFileSync(join(env.P_SYS, 'fs/selinux/enforce'), 'utf8')).toBe(given.after)
    const config = readFileSync(join(env.P_ETC, 'selinux/config'), 'utf8')
    expect([...config.matchAll(/^SELINUX=(.*)$/gm)].map((match) => match[1])).toEqual([given.boots])
    const rest = (text: string) => text.replace(/^SELINUX=.*\n?/gm, '').trimEnd()
    expect(rest(config)).toBe(rest(given.config ?? ''))
    expect(existsSync(join(place.state, 'ledger/selinux/system/meta'))).toBe(given.ends === 'done')
  })

  it('control groups of version 1 are refused with the way out, and of version 2 are not', async ({ place }) => {
    const env = { P_SYS: join(place.work, 'sys') }
    write(place.work, 'sys/fs/cgroup/memory/tasks', '')
    const task = (cgroup: string) => [{ check: `host_is_suitable '' ${cgroup}` }]
    const refused = place.program(shell, task('v2'), {}, env)
    const events = await refused.run()
    expect(outline(events).join()).toMatch(/failed t1 check/)
    expect(JSON.stringify(events)).toMatch(/systemd.unified_cgroup_hierarchy=1.*failCgroupV1: false/)
    expect(outline(await place.program(shell, task('any'), {}, env).run())).toEqual(['ok t1', 'end done'])
    write(place.work, 'sys/fs/cgroup/cgroup.controllers', 'cpu memory\n')
    expect(outline(await place.program(shell, task('v2'), {}, env).run())).toEqual(['ok t1', 'end done'])
  })

  it.for([
    ['v2', 'fs/cgroup/cgroup.controllers', 'cpuset cpu io memory hugetlb pids\n', true],
    ['v2', 'fs/cgroup/cgroup.controllers', 'cpuset cpu io pids\n', false],
    ['any', 'fs/cgroup/cgroup.controllers', 'cpuset cpu io pids\n', false],
    ['v2', 'fs/cgroup/cgroup.controllers', 'memory', true],
    ['v2', 'fs/cgroup/cgroup.controllers', '', false],
    ['any', 'fs/cgroup/memory/tasks', '', true],
    ['any', 'fs/cgroup/cpu/tasks', '', false],
  ] as const)('with control groups %s and %s of %j', async ([wanted, file, text, fine], { place }) => {
    write(place.work, `sys/${file}`, text)
    const check = `host_is_suitable '' ${wanted}`
    const events = await place.program(shell, [{ check }], {}, { P_SYS: join(place.work, 'sys') }).run()
    if (fine) expect(outline(events)).toEqual(['ok t1', 'end done'])
    else expect(JSON.stringify(events)).toContain('cgroup_enable=memory')
  })

  it('a system that is not supported is refused in the words of the catalogue', async ({ place }) => {
    const events = await place.program(shell, [{ check: "host_is_suitable 'CentOS 7 is old' any" }]).run()
    expect(JSON.stringify(events)).toContain('CentOS 7 is old')
    expect(outline(events).join()).toMatch(/failed t1 check/)
  })

  /** What containerd says of itself, or which version apt has, and what is told of it. */
  const versions: readonly (readonly ['containerd' | 'apt_candidate', string, RegExp | undefined])[] = [
    ['containerd', 'containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+b1', /is 1\.6\.20, .*1\.38/],
    ['containerd', 'containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6', /is 1\.7\.24, .*1\.38/],
    ['containerd', 'containerd github.com/containerd/containerd/v2 v2.0.5 1a2b', /is 2\.0\.5, .*suite\. docker:/],
    ['containerd', 'containerd github.com/containerd/containerd/v2 v2.1.0 1a2b', undefined],
    ['containerd', 'containerd containerd.io v2.3.3 1a2b', undefined],
    ['containerd', 'containerd github.com/containerd/containerd/v2 2.10.1 x', undefined],
    ['containerd', 'containerd github.com/containerd/containerd/v3 v10.0.0 x', undefined],
    ['apt_candidate', '1.7.24~ds1-6+deb13u1', /is 1\.7\.24, /],
    ['apt_candidate', '2.2.1-1', undefined],
    ['apt_candidate', '', undefined],
  ]
  it.for(versions)('what %s that says %j cannot do is told', async ([by, text, told], { place }) => {
    const absent = by === 'containerd' ? '' : 'command() { [ "$2" != containerd ]; }\n'
    const check = `${absent}${by}() { echo '${text}'; }\nnote_old_containerd`
    const run = async () =>
      outline(await place.program(shell, [{ check }], {}, { P_ETC: join(place.work, 'etc') }).run())
    const events = await run()
    expect(events.at(-2)).toBe('ok t1')
    expect(events.filter((event) => event.startsWith('note')).join()).toMatch(told ?? /^$/)
    write(place.work, 'etc/kubernetes/kubelet.conf', '')
    expect(await run()).toEqual(['ok t1', 'end done'])
  })

  it('rules of ufw with our comment are told from those of others', async ({ place }) => {
    const env = { P_ETC: join(place.work, 'etc') }
    write(place.work, 'etc/ufw/ufw.conf', '# on\nENABLED=yes\n')
    write(place.work, 'etc/default/ufw', 'IPV6=no\n')
    const ours = 'allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in'
    write(
      place.work,
      'etc/ufw/user.rules',
      `### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n### tuple ### ${ours} comment=70726f766973696f6e\n### tuple ### allow tcp 1 0.0.0.0/0 any 0.0.0.0/0 in comment=70726f766973696f6e73\n`,
    )
    const wanted = `${ours}\nallow tcp 6443 ::/0 any ::/0 in`
    const check = (tuples: string) => `which_firewall; [ "$F_ACTIVE" = ufw ] || return 9; ufw_is_open '${tuples}'`
    expect(outline(await place.program(shell, [{ check: check(wanted) }], {}, env).run())).toEqual([
      'ok t1',
      'end done',
    ])
    const more = place.program(
      shell,
      [{ check: check(`allow tcp 53 0.0.0.0/0 any 10.0.0.1 in\n${wanted}`) }],
      { mode: 'check' },
      env,
    )
    expect(outline(await more.run()).join()).toContain('would-change t1')
  })
})
