import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import type { ProgramEvent } from '../../src/events/event.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, outline, type Place, shells, type TestTask, textOf } from './harness.ts'

interface FileCase {
  readonly name: string
  readonly given?: string
  readonly ours: string
  readonly others?: string
  readonly expect?: Record<string, string | null>
  readonly mode?: Record<string, string>
  readonly link?: Record<string, string>
  /** A file whose bytes are those that were given. */
  readonly same?: string
  readonly told?: string
}

interface Cases {
  readonly files: readonly FileCase[]
  readonly names: Record<string, { readonly ours: string[]; readonly docker?: string[]; readonly foreign: string[] }>
  readonly etcd: readonly { name: string; members: number; healthy: number; status: number; said?: string }[]
  readonly etcdMarks: readonly {
    readonly name: string
    readonly old?: boolean
    readonly mark?: boolean
    readonly ended?: boolean
    readonly lists?: string[] | null
    readonly others?: string[]
    readonly status: number
    readonly noted?: boolean
  }[]
  readonly firewall: readonly { name: string; docker: boolean; save: string; removed: string[] }[]
}

const cases = parse(readFileSync(new URL('cases/reset.yaml', import.meta.url), 'utf8')) as Cases

/** The host's systemd and disks are none of a test's business; see power-cut.test.ts for the latter. */
const shielded = 'systemctl() { :; }\nsettled() { :; }\nME="$(id -un) $(id -gn)"\n'

function once(name: string, apply: string): TestTask {
  return { check: `[ -e "$W/.done-${name}" ]`, apply: `${shielded}${apply}\n: >"$W/.done-${name}"` }
}

function run(place: Place, shell: (typeof shells)[number], tasks: readonly TestTask[]): Promise<ProgramEvent[]> {
  return place.program(shell, tasks, { prelude: loadPrelude('debian', ['reset']) }).run()
}

const reset: TestTask = { check: 'listed list_ledger', apply: `${shielded}put_back_ledger` }

describe.concurrent.each(shells)('a reset under %s', (shell) => {
  it.for(cases.files)('$name', async (given, { place }) => {
    const path = (name: string) => join(place.work, name)
    await run(place, shell, [once('given', given.given ?? ':')])
    const was = given.same === undefined ? undefined : readFileSync(path(given.same))
    await run(place, shell, [once('ours', given.ours), once('others', given.others ?? ':')])
    const events = await run(place, shell, [reset])
    const notes = outline(events).filter((line) => line.startsWith('note '))
    expect(outline(events).at(-1), textOf(events, 'log', 't1')).toBe('end done')
    for (const [name, content] of Object.entries(given.expect ?? {})) {
      if (content === null) expect(existsSync(path(name)), name).toBe(false)
      else expect(readFileSync(path(name), 'utf8'), name).toBe(content)
    }
    for (const [name, mode] of Object.entries(given.mode ?? {})) {
      expect((statSync(path(name)).mode & 0o7777).toString(8), name).toBe(mode)
    }
    for (const [name, target] of Object.entries(given.link ?? {})) expect(readlinkSync(path(name))).toBe(target)
    if (given.same !== undefined) expect(readFileSync(path(given.same))).toEqual(was)
    if (given.told === undefined) expect(notes).toEqual([])
    else expect(notes).toEqual([expect.stringContaining(given.told)])
    const left = join(place.state, 'ledger/file')
    expect(existsSync(left) ? readdirSync(left) : []).toEqual([])
  })

  it('that is killed at any entry goes on with the rest', async ({ place }) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const path = (name: string) => join(place.work, name)
    for (const name of names) writeFileSync(path(name), `old ${name}\n`)
    const change = (name: string) => `ledger_file "$W/${name}"; put_text "$W/${name}" 644 $ME "new$nl"`
    await run(place, shell, [once('ours', names.map(change).join('\n'))])
    // Killed before each entry is forgotten, once; the work of the entry itself is done again.
    const killed = `forget_entry() { [ -e "$W/.killed-\${1##*%2F}" ] || { : >"$W/.killed-\${1##*%2F}"; kill -KILL $$; }; rm -rf "$1"; }`
    const cut = { check: 'listed list_ledger', apply: `${shielded}${killed}\nput_back_ledger` }
    for (const name of names) {
      const events = await run(place, shell, [cut])
      expect(outline(events), name).toContain('failed t1 apply 137')
    }
    expect(outline(await run(place, shell, [cut]))).toEqual(['start t1', 'changed t1', 'end done'])
    for (const name of names) expect(readFileSync(path(name), 'utf8')).toBe(`old ${name}\n`)
  })

  it('that is cut short after the ledger still knows what was there before', async ({ place }) => {
    const here = `is_node() { false; }
firewall_savers() { :; }
kubernetes_paths=$W/cni containerd_paths='' docker_paths='' package_paths='' shared_paths=''
`
    const list = {
      check: `${here}list_directories | while read -r line; do note "\${line#"remove $W/"}"; done; return 0`,
    }
    const left = async () => outline(await run(place, shell, [list])).filter((line) => line.startsWith('note '))
    const ours = 'ledger kubernetes init; mkdir "$W/cni/ours"'
    await run(place, shell, [
      once('given', 'mkdir -p "$W/cni/theirs"'),
      once('ours', `${here}take_baseline\n${ours}`),
      once('cut', 'put_back_ledger'),
    ])
    expect(await left()).toEqual(['note cni/ours'])
    await run(place, shell, [once('state', `${here}remove_state`)])
    expect(await left()).toEqual([])
  })

  // The rest of what was noted has gone with a reset that left packages.
  it('makes a directory again that went with a package, with its mode', async ({ place }) => {
    const here = 'shared_paths="$W/opt $W/never"\n'
    await run(place, shell, [
      once('given', 'mkdir -m 700 "$W/opt"'),
      once('noted', `${here}ledger package-set all; rmdir "$W/opt"`),
      once('reset', `${here}make_shared_paths`),
    ])
    expect(statSync(join(place.work, 'opt')).mode & 0o777).toBe(0o700)
    expect(readdirSync(place.work)).not.toContain('never')
  })

  // A reset that was cut off between undoing and putting right, and a node made of its host again.
  it('puts a unit back to what it was before an earlier reset, not to what that one left', async ({ place }) => {
    const put = 'put_unit() { note "$2 $1"; }\n'
    const unit = (name: string, active: string) =>
      `ledger unit ${name} load=loaded active=${active} enabled=enabled; : "$R"`
    await run(place, shell, [
      once('first', `mkdir -p "$P_STATE/reset"; printf 'unit active b.service\\n' >"$P_STATE/reset/after"`),
      once('again', [unit('a.service', 'active'), unit('b.service', 'inactive')].join('\n')),
    ])
    const events = await run(place, shell, [{ ...reset, apply: `${shielded}${put}put_back_ledger` }])
    const told = outline(events).filter((line) => line.startsWith('note '))
    expect(told.sort()).toEqual(['note a.service active', 'note b.service active'])
  })

  it('puts back the last change first', async ({ place }) => {
    await run(place, shell, [
      once('ours', 'for each in 1 2 3 4 5 6 7 8 9 10 11; do ledger sysctl "none/$each" value=1; done'),
    ])
    const list = { check: 'for each in $(list_ledger); do note "${each##*%2F}"; done' }
    const told = outline(await run(place, shell, [list])).filter((line) => line.startsWith('note '))
    expect(told).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((each) => `note ${each}`))
  })

  it.for(Object.entries(cases.names))('%s knows whose a name is', async ([word, names], { place }) => {
    const all = [...names.ours, ...(names.docker ?? []), ...names.foreign]
    const asked = (docker: string) =>
      run(place, shell, [
        {
          check: `docker_is_ours() { ${docker}; }\nset -f\nfor each in ${all.map((name) => `'${name}'`).join(' ')}; do ${word} "$each" && note "$each"; done; return 0`,
        },
      ])
    const told = (events: readonly ProgramEvent[]) =>
      events.flatMap((event) => (event.kind === 'note' ? [event.text] : []))
    expect(told(await asked('false'))).toEqual(names.ours)
    expect(told(await asked('true'))).toEqual([...names.ours, ...(names.docker ?? [])])
  })

  it.for(cases.firewall)('firewall: $name', async (given, { place }) => {
    const saver = join(place.work, 'save')
    writeFileSync(saver, `#!/bin/sh\ncat <<'END'\n${given.save}END\n`)
    chmodSync(saver, 0o755)
    const check = `docker_is_ours() { ${given.docker}; }\nlist_firewall "$W/save" >"$W/removed"; return 0`
    await run(place, shell, [{ check }])
    expect(readFileSync(join(place.work, 'removed'), 'utf8').trim().split('\n')).toEqual(given.removed)
  })

  it.for(cases.etcd)('etcd: $name', async (given, { place }) => {
    const manifest = join(place.work, 'etcd.yaml')
    writeFileSync(manifest, '')
    const member = (id: number) =>
      `${id}abc, started, cp${id}, https://10.0.0.${id}:2380, https://10.0.0.${id}:2379, false`
    const list = Array.from({ length: given.members }, (_, at) => member(at + 1)).join('\n')
    const health = Array.from(
      { length: given.members },
      (_, at) => `https://10.0.0.${at + 1}:2379 is ${at < given.healthy ? 'healthy' : 'unhealthy'}: took = 1ms`,
    ).join('\n')
    writeFileSync(join(place.work, 'list'), `${list}\n`)
    writeFileSync(join(place.work, 'health'), `${health}\n`)
    const fakes = `etcd_manifest=$W/etcd.yaml
etcd_runs() { :; }
etcd_ctl() {
  case $* in
  'member list') [ ${given.members} -gt 0 ] && cat "$W/list" ;;
  'endpoint health --cluster') cat "$W/health"; [ ${given.members} -eq ${given.healthy} ] ;;
  esac
}`
    const events = await run(place, shell, [
      { check: `${fakes}\netcd_left; status=$?; note "status $status"; return 3` },
    ])
    expect(outline(events)).toContain(`note status ${given.status}`)
    if (given.said !== undefined) expect(textOf(events, 'log', 't1')).toContain(given.said)
  })

  it.for(cases.etcdMarks)('etcd: a mark $name', async (given, { place }) => {
    const others = 'https://10.0.0.2:2379,https://10.0.0.3:2379'
    const data = join(place.work, 'etcd')
    mkdirSync(join(data, 'member'), { recursive: true })
    const manifest = ['initial-advertise-peer-urls=https://10.0.0.1:2380', `data-dir=${data}`]
    writeFileSync(join(place.work, 'etcd.yaml'), manifest.map((word) => `    - --${word}\n`).join(''))
    if (given.mark) writeFileSync(join(data, 'member/provision-leaves'), `1abc ${others}\n`)
    if (given.old) {
      mkdirSync(join(place.state, 'reset'), { recursive: true })
      for (const name of ['etcd-left', 'etcd-leaves']) writeFileSync(join(place.state, 'reset', name), '')
    }
    const list = (ids: readonly string[] | null | undefined) => {
      const line = (id: string) => {
        const address = `https://10.0.0.${id[0]}`
        return `echo '${id}, started, cp${id[0]}, ${address}:2380, ${address}:2379, false'`
      }
      return ids?.map(line).join('; ') ?? 'return 1'
    }
    const fakes = `etcd_manifest=$W/etcd.yaml
etcd_runs() { ${given.ended ? 'return 1' : ':'}; }
etcd_ctl() {
  case $* in
  'member list') ${list(given.lists)} ;;
  '--endpoints=${others} member list') ${list(given.others)} ;;
  'endpoint health --cluster') for each in 1 2 3; do echo "https://10.0.0.$each:2379 is healthy: took = 1ms"; done ;;
  esac
}`
    const check = `${fakes}\netcd_left; status=$?; note "status $status"; return 3`
    const notes = outline(await run(place, shell, [{ check }])).filter((line) => line.startsWith('note '))
    expect(notes.at(-1)).toBe(`note status ${given.status}`)
    expect(notes.some((line) => line.includes('cannot be ended from here'))).toBe(given.noted ?? false)
  })

  // As etcd itself puts it, when the one that is asked is the one that goes, on a slow disk.
  it('etcd: has left, though the answer was lost', async ({ place }) => {
    const data = join(place.work, 'etcd')
    mkdirSync(join(data, 'member'), { recursive: true })
    const manifest = `    - --initial-advertise-peer-urls=https://10.0.0.2:2380\n    - --data-dir=${data}\n`
    writeFileSync(join(place.work, 'etcd.yaml'), manifest)
    for (const id of [1, 2, 3]) {
      const member = `${id}abc, started, cp${id}, https://10.0.0.${id}:2380, https://10.0.0.${id}:2379, false\n`
      writeFileSync(join(place.work, 'members'), member, { flag: 'a' })
    }
    const fakes = `etcd_manifest=$W/etcd.yaml
etcd_runs() { e_etcdctl=$W/etcd.yaml; }
etcd_ctl() {
  printf '%s\\n' "$*" >>"$W/asked"
  case $* in
  *'member list') cat "$W/members" ;;
  *'member remove'*) sed -i "/^$4,/d" "$W/members"; say 'etcdserver: server stopped'; return 1 ;;
  esac
}`
    await run(place, shell, [{ check: 'return 1', apply: `${fakes}\nleave_etcd` }])
    const addresses = 'https://10.0.0.1:2379,https://10.0.0.3:2379'
    const others = `--endpoints=${addresses}`
    expect(readFileSync(join(place.work, 'asked'), 'utf8').trim().split('\n')).toEqual([
      'member list',
      `${others} member list`,
      `${others} member remove 2abc`,
      `${others} member list`,
    ])
    // With the data, so that neither another member nor another cluster finds it.
    expect(readFileSync(join(data, 'member/provision-leaves'), 'utf8')).toBe(`2abc ${addresses}\n`)
  })

  it('of a host that was a node before we looked goes by names alone', async ({ place }) => {
    await run(place, shell, [once('before', 'ledger kubernetes join; take_baseline')])
    const entry = join(place.state, 'ledger/baseline/system')
    expect(readFileSync(join(entry, 'meta'), 'utf8')).toContain('taken=late\n')
    expect(existsSync(join(entry, 'content'))).toBe(false)
  })

  it('leaves a host alone that is no node and has no ledger', async ({ place }) => {
    const lists = ['list_pods', 'list_network 10.244.0.0/16', 'list_directories']
    const strange = `kubernetes_paths=$W
list_links() { echo cni0; }
firewall_savers() { :; }
pod_containers() { echo ctr 1; }
is_node() { [ -e "$W/node" ]; }`
    const found = `${strange}\nfor each in 1 2 3; do set -- ${lists.map((list) => `'${list}'`).join(' ')}; shift $((each - 1)); note "$each $($1 | wc -l | sed 's/[1-9].*/some/')"; done; return 0`
    const told = async () =>
      outline(await run(place, shell, [{ check: found }])).filter((line) => line.startsWith('note'))
    expect(await told()).toEqual(['note 1 0', 'note 2 0', 'note 3 0'])
    writeFileSync(join(place.work, 'node'), '')
    expect(await told()).toEqual(['note 1 some', 'note 2 some', 'note 3 some'])
  })

  it('leaves what the firewall had before', async ({ place }) => {
    const saver = join(place.work, 'save')
    writeFileSync(
      saver,
      '#!/bin/sh\nprintf "*filter\\n:KUBE-OLD - [0:0]\\n:KUBE-NEW - [0:0]\\n-A INPUT -j KUBE-OLD\\nCOMMIT\\n"\n',
    )
    chmodSync(saver, 0o755)
    const before = 'firewall_savers() { echo "$W/save"; }\nledger baseline system taken=before'
    const filter = `sed -i '/KUBE-NEW/d' "$P_STATE/ledger/baseline/system/content"`
    await run(place, shell, [once('before', `${before}\n${filter}`)])
    await run(place, shell, [{ check: 'list_firewall "$W/save" >"$W/removed"; return 0' }])
    expect(readFileSync(join(place.work, 'removed'), 'utf8')).toBe('filter -F KUBE-NEW\nfilter -X KUBE-NEW\n')
  })
})
