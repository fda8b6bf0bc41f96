/**
 * `npm run bench`: provision against a script by hand (fresh hosts) and against Ansible (nothing to do), on lab hosts of
 * its own, in one run.
 *   --fresh N   rounds of each on fresh hosts (2)
 *   --add N     rounds of each of adding a worker to a cluster (2)
 *   --link RATE what hosts receive while a worker is added comes no faster, such as 100mbit; may be given several times
 *   --idle N    runs of each with nothing to do (5)
 *   --before D  the checkout of an earlier version: how long both take to start, and for a cluster with nothing to do
 *   --write     also writes bench/results.md
 */
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { kubernetesVersion } from '../lab/src/release.ts'
import { version } from '../src/version.ts'
import { installAnsible, installPython, runAnsible } from './ansible.ts'
import { compareWith } from './before.ts'
import {
  freshHosts,
  type Hosts,
  inventoryWithout,
  provision,
  readySince,
  removeHosts,
  writeForScript,
} from './hosts.ts'
import { median, run } from './measure.ts'

interface Series {
  readonly name: string
  readonly seconds: number[]
}

const { values } = parseArgs({
  options: {
    fresh: { type: 'string', default: '2' },
    add: { type: 'string', default: '2' },
    link: { type: 'string', multiple: true, default: [] },
    idle: { type: 'string', default: '5' },
    before: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.fresh)
const additions = Number(values.add)
const repeats = Number(values.idle)

async function freshRound(contender: 'provision' | 'by hand'): Promise<{ seconds: number; hosts: Hosts }> {
  const hosts = await freshHosts()
  const log = join(hosts.directory, `${contender.replace(' ', '-')}.log`)
  const words =
    contender === 'provision'
      ? [provision, '--inventory', hosts.inventory, '--output', 'plain']
      : [join(import.meta.dirname, 'by-hand.sh'), await writeForScript(hosts)]
  const seconds = await run(words, { log, env: { UPSTREAM: hosts.lab.upstream.address } })
  say(`fresh hosts, ${contender}: ${seconds.toFixed(1)} s (${log})`)
  return { seconds, hosts }
}

/** Fresh hosts for every round; the two take turns, so that a slow minute of the machine strikes both. */
async function measureFresh(): Promise<{ table: Series[]; full: Series }> {
  const ours: Series = { name: 'provision', seconds: [] }
  const byHand: Series = { name: 'bench/by-hand.sh', seconds: [] }
  let hosts: Hosts | undefined
  for (let round = 0; round < rounds; round++) {
    byHand.seconds.push((await freshRound('by hand')).seconds)
    const mine = await freshRound('provision')
    ours.seconds.push(mine.seconds)
    hosts = mine.hosts
  }
  const full: Series = { name: 'provision, the whole cluster', seconds: [] }
  if (hosts && repeats > 0) {
    const words = [provision, '--inventory', hosts.inventory, '--output', 'plain']
    for (let i = 0; i < repeats; i++) full.seconds.push(await run(words, { log: join(hosts.directory, 'idle.log') }))
    say(`nothing to do, whole cluster: ${listed(full.seconds)}`)
  }
  return { table: [ours, byHand], full }
}

/** Two fresh hosts join the same cluster one after the other, by hand and by provision; who is first changes by the round. */
async function measureAdd(rate?: string): Promise<{ ready: Series[]; done: Series[] }> {
  const names = { ours: 'provision add', byHand: 'bench/by-hand.sh add' }
  const series = () => ({
    ours: { name: names.ours, seconds: [] as number[] },
    byHand: { name: names.byHand, seconds: [] as number[] },
  })
  const ready = series()
  const done = series()
  for (let round = 0; round < additions; round++) {
    const hosts = await freshHosts(4, rate)
    const log = (name: string) => join(hosts.directory, `${name}.log`)
    const base = await inventoryWithout(hosts, 'w2', 'w3')
    await run([provision, '--inventory', base, '--output', 'plain'], { log: log('base') })
    const place = await writeForScript(hosts)
    const add = async (who: 'ours' | 'byHand', node: string, other: string) => {
      const words =
        who === 'ours'
          ? [provision, '--inventory', await inventoryWithout(hosts, other), '--output', 'plain', 'add', node]
          : [join(import.meta.dirname, 'by-hand.sh'), place, 'add', node]
      const began = Date.now()
      const env = { UPSTREAM: hosts.lab.upstream.address }
      done[who].seconds.push(await run(words, { log: log(`${who}-add-${node}`), env }))
      ready[who].seconds.push(((await readySince(hosts, node)) - began) / 1000)
    }
    const order = round % 2 === 0 ? (['byHand', 'ours'] as const) : (['ours', 'byHand'] as const)
    await add(order[0], 'w2', 'w3')
    await add(order[1], 'w3', 'w2')
    const told = (who: 'ours' | 'byHand') =>
      `${listed(ready[who].seconds.slice(-1))} (all done ${listed(done[who].seconds.slice(-1))})`
    say(`add a worker, Ready after: by hand ${told('byHand')}, provision ${told('ours')} (${hosts.directory})`)
  }
  return { ready: [ready.ours, ready.byHand], done: [done.ours, done.byHand] }
}

/** The same host preparation, already done, on hosts with nothing else on them. */
async function measureIdle(): Promise<Series[]> {
  const hosts = await freshHosts()
  await installPython(hosts)
  const log = (name: string) => join(hosts.directory, `${name}.log`)
  const playbooks = ['prepare.yaml', 'docker.yaml'].map((name) => join(import.meta.dirname, '../playbooks', name))
  const words = [provision, '--inventory', hosts.inventory, '--output', 'plain', 'run', ...playbooks]
  const ours: Series = { name: 'provision run prepare.yaml docker.yaml', seconds: [] }
  say(`host preparation, provision, from nothing: ${(await run(words, { log: log('provision') })).toFixed(1)} s`)
  for (let i = 0; i < repeats; i++) ours.seconds.push(await run(words, { log: log('provision') }))
  say(`host preparation, provision, nothing to do: ${listed(ours.seconds)} (${log('provision')})`)
  const ansible: Series = { name: 'ansible-playbook', seconds: [] }
  await runAnsible(hosts, log('ansible'), false)
  for (let i = 0; i < repeats; i++) ansible.seconds.push(await runAnsible(hosts, log('ansible'), true))
  say(`host preparation, Ansible, nothing to do: ${listed(ansible.seconds)} (${log('ansible')})`)
  return [ours, ansible]
}

function listed(seconds: readonly number[]): string {
  return `${seconds.map((each) => each.toFixed(each < 10 ? 2 : 1)).join(', ')} s`
}

function row(what: string, { name, seconds }: { name: string; seconds: readonly number[] }, ratio: string): string {
  const middle = median(seconds)
  return `| ${what} | ${name} | ${listed(seconds)} | ${middle.toFixed(middle < 10 ? 2 : 1)} s | ${ratio} |`
}

function say(text: string): void {
  console.log(text)
}

const quiet = loadavg()[0] ?? 0
if (quiet > 1) say(`The load is ${quiet.toFixed(1)}: figures mean little while this machine does other things.`)
const ansibleVersion = repeats > 0 ? await installAnsible() : undefined
const rows: string[] = []
try {
  if (rounds > 0) {
    const { table, full } = await measureFresh()
    const [ours, byHand] = table as [Series, Series]
    const ratio = median(ours.seconds) / median(byHand.seconds)
    rows.push(row('fresh hosts to a verified cluster', byHand, ''))
    rows.push(row('fresh hosts to a verified cluster', ours, `${ratio.toFixed(2)} × by hand`))
    if (repeats > 0) rows.push(row('nothing to do', full, ''))
  }
  for (const rate of additions > 0 ? [undefined, ...values.link] : []) {
    const what = `a worker for a cluster of 2${rate ? `, links of ${rate}/s` : ''}`
    const { ready, done } = await measureAdd(rate)
    for (const [until, series] of [
      ['the node is Ready', ready],
      ['all is done and proven', done],
    ] as const) {
      const [ours, byHand] = series as [Series, Series]
      const ratio = median(ours.seconds) / median(byHand.seconds)
      rows.push(row(`${what}, until ${until}`, byHand, ''))
      rows.push(row(`${what}, until ${until}`, ours, `${ratio.toFixed(2)} × by hand`))
    }
  }
  if (repeats > 0) {
    const [ours, ansible] = (await measureIdle()) as [Series, Series]
    const ratio = median(ansible.seconds) / median(ours.seconds)
    rows.push(row('host preparation, nothing to do', ansible, ''))
    rows.push(row('host preparation, nothing to do', ours, `${ratio.toFixed(0)} × faster`))
  }
  if (values.before !== undefined) {
    const { before, now } = await compareWith(values.before, join(import.meta.dirname, '..'))
    const pair = (what: string, of: (spent: typeof now) => readonly number[]) => {
      const ratio = median(of(before)) / median(of(now))
      rows.push(row(what, { name: 'the version before', seconds: of(before) }, ''))
      rows.push(row(what, { name: 'provision', seconds: of(now) }, `${ratio.toFixed(1)} × faster`))
    }
    for (const command of now.start.keys()) {
      pair(`CPU of \`provision ${command}\``, (spent) => spent.start.get(command) as readonly number[])
    }
    pair('a whole cluster, nothing to do', (spent) => spent.idle)
  }
} finally {
  await removeHosts()
}
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release().replace(/-.*/, '')}`
const text = [
  '| what, on 3 hosts | with | seconds, in order | median | ratio |',
  '|---|---|---|---|---|',
  ...rows,
  '',
  `${new Date().toISOString().slice(0, 10)}; one machine with ${machine}, which holds the three Debian 13 hosts, the upstream and`,
  `the operator's side; caches warm. provision ${version}, Kubernetes ${kubernetesVersion}${ansibleVersion ? `, ansible-core ${ansibleVersion}` : ''}, Node.js ${process.versions.node}.`,
  `Load of the machine in the minute before it began: ${quiet.toFixed(1)}.`,
].join('\n')
say(`\n${text}`)
if (values.write) {
  const title = [
    '# What `npm run bench` measured',
    '',
    'Written by `npm run bench -- --write`. `by-hand.sh` runs the same commands in parallel, without a check, and ends with the same proof;',
    'Ansible has pipelining, ControlPersist, 20 forks and no fact gathering, and its playbook says what `prepare.yaml` and `docker.yaml` say.',
    '',
    '',
  ].join('\n')
  await writeFile(join(import.meta.dirname, 'results.md'), `${title}${text}\n`)
}
