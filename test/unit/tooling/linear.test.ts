import { expect, it } from 'vitest'
import { manifestSchema } from '../../../src/archive/manifest.ts'
import { catalogue } from '../../../src/catalogue/load.ts'
import { clean, quoted } from '../../../src/clean.ts'
import { createDecoder } from '../../../src/events/decode.ts'
import { values } from '../../../src/events/host-words.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { readSurvey } from '../../../src/operations/backup/survey.ts'
import { loginOf } from '../../../src/operations/dashboard.ts'
import { readLook as readRestoreLook } from '../../../src/operations/restore-checks.ts'
import { readLook } from '../../../src/rebuild/look.ts'
import { parseAddresses } from '../../../src/run/node-address.ts'
import { createRedactor } from '../../../src/secrets/redact.ts'
import { scrub } from '../../../src/secrets/scrub.ts'
import { kubeconfigOf } from '../../../src/state/kubeconfig-content.ts'
import { readStatus } from '../../../src/status/read.ts'
import { statusText } from '../../../src/status/view.ts'
import { parseHello } from '../../../src/transport/identity.ts'
import { passwordPrompt } from '../../../src/transport/password-prompt.ts'
import { accountRefusal, bootstrapError, isOtherQuestion } from '../../../src/transport/session-refusal.ts'
import { decodeUndertaking } from '../../../src/transport/undertaking.ts'
import { addonRows, addonsText } from '../../../src/views/addons.ts'
import { comparisonText, readComparison } from '../../../src/views/comparison.ts'
import { hintFor } from '../../../src/views/hints.ts'
import { json } from '../../../src/views/json.ts'
import { knownCauses } from '../../../src/views/known-causes.ts'
import { inset, plainStyle, tail } from '../../../src/views/style.ts'
import { table } from '../../../src/views/table.ts'

// What is made of a host's text takes time in proportion to the text, whatever it is.

/** Characters. Eight times as many at each step. */
const sizes = [512, 4096, 32_768]
/** ms. What takes less is not looked at. */
const floor = 40
/** ms. Less than this may be told as none. */
const grain = 2.5
/** Of the times at two sizes. It is 8 in proportion, 64 with the square of the length. */
const worst = 24

/** Text of about so many characters. */
type Pump = (size: number) => string
type Read = (text: string) => unknown

/** ms of this thread alone, where Node tells: machines are busy. */
const used = (): number => {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return (user + system) / 1000
}

/** ms of the quickest of `times`. */
function cost(read: Read, text: string, times = 1): number {
  const costs = Array.from({ length: times }, () => {
    const began = used()
    try {
      read(text)
    } catch {
      // Most of it is refused.
    }
    return used() - began
  })
  return Math.min(...costs)
}

/** At which size it takes too long; undefined where it never does. Small ones first, so that nothing hangs. */
function tooLong(read: Read, pump: Pump): string | undefined {
  for (const [at, size] of sizes.entries()) {
    if (cost(read, pump(size)) < floor) continue
    const [small, large] = [cost(read, pump(sizes[at - 1] ?? size / 8), 3), cost(read, pump(size), 3)]
    if (large > floor && large > worst * Math.max(small, grain))
      return `${Math.round(large)} ms of ${size} characters, ${Math.round(small)} ms of an eighth`
  }
  return undefined
}

/** Many of a piece behind a beginning, and an end that nothing expects. */
const many =
  (piece: string, before = ''): Pump =>
  (size) =>
    `${before}${piece.repeat(Math.ceil((size - before.length) / piece.length))}\r!`

/** What the alternatives of a pattern say, with a letter for what may be any. */
function piecesOf({ source }: RegExp): string[] {
  return source
    .replaceAll(/\(\?(?:<?[=!:]|<\w+>)/g, '(')
    .replaceAll(/(?:\\[Swd]|(?<!\\)\[[^\]]*\]|(?<!\\)\.)(?:[*+?]|\{[\d,]+\})*/g, '1')
    .replaceAll(/\\s[*+?]?|(?<!\\)[$^]/g, ' ')
    .split(/(?<!\\)[()|?*+]/)
    .map((piece) => piece.replaceAll(/\\(.)/g, '$1'))
    .filter((piece) => piece !== '')
}

const fillers = [' ', 'a', '1', '/', '"', '\\', '=', ' (']

/** A pattern's own beginnings: again and again, with the next piece, and with what any pattern might take. */
function pumpsOf(cause: RegExp): Pump[] {
  const pieces = piecesOf(cause)
  return pieces.flatMap((piece, at) => {
    const next = pieces[at + 1] ?? ''
    return [
      many(piece),
      many(piece + next),
      ...(next === '' ? [] : [many(next, piece)]),
      ...[' ', 'a', '1'].map((filler) => many(filler, piece)),
    ]
  })
}

it('pieces of a pattern are what it says', () => {
  expect(piecesOf(/Version \S{1,9} for|\[ERROR (?<name>[\w-]+)\]|(?<!\/cri\/[^\n]*)no (?:a|b)/)).toEqual([
    ...['Version 1 for', '[ERROR ', '1', ']', '/cri/1', 'no ', 'a', 'b'],
  ])
})

it('known causes are linear', () => {
  const long = knownCauses.flatMap(({ cause }) =>
    pumpsOf(cause).flatMap((pump) => {
      const found = tooLong((text) => cause.exec(text), pump)
      return found === undefined ? [] : [`${cause}: ${found}, of ${JSON.stringify(pump(60))}`]
    }),
  )
  expect(long).toEqual([])
}, 60_000)

const inventory = readInventory(
  'cluster: prod\nhosts:\n  cp1: { address: 10.0.0.1, role: control-plane }\n',
  'hosts.yaml',
)
const names = inventory.hosts.map((host) => host.name)
const answers = (text: string) => new Map(names.map((name) => [name, text]))
const redactor = createRedactor(['correct horse', 'a'.repeat(40), '-----BEGIN KEY-----\nabcdefghijklmnop\n'])

function status(text: string): string {
  const found = readStatus({
    cluster: 'prod',
    now: 0,
    hosts: [{ name: 'cp1', role: 'control-plane', state: 'answered' }],
    hostAnswers: answers(text),
    certificateAnswers: answers(text),
    controlPlaneAnswers: answers(text),
    expected: { nodes: names, known: names, version: 'v1.36.3' },
    local: { rebuilding: false },
  })
  return statusText(found)
}

/** Whoever reads a host's text, with what it must begin with to get anywhere: alone, and in front of each line. */
const readers: Readonly<Record<string, readonly [read: Read, ...before: string[]]>> = {
  hintFor: [hintFor],
  clean: [clean, '\x1b[', '\x1b]8;'],
  quoted: [quoted],
  inset: [inset],
  tail: [(text) => tail(text, 20, '  ')],
  table: [(text) => table(['a'], [[text]]), '\x1b['],
  json: [(text) => json({ text })],
  redact: [(text) => redactor.text(text), '-----BEGI', 'correct '],
  scrub: [scrub, 'eyJaaaaaaaa-', 'password: "', 'https://a:'],
  addons: [(text) => addonsText(addonRows(inventory, catalogue, text), true), 'answered\n', 'a '],
  comparison: [(text) => comparisonText(readComparison(text), plainStyle), 'kind\ta\t', 'lost\ta\t', 'node\t'],
  status: [
    status,
    ...['pod\ta\tb\t0/1\tPending\t0\t', 'node\ta\tv1\tc\t', 'condition\ta\tReady\tFalse\tx\t"', 'etcd-status\t'],
  ],
  'look of a rebuild': [
    (text) => readLook(`${text}\nlooked\n`),
    ...['etcd-status "cluster_id":', 'etcd-members "name":"', 'pod a_', 'container pod', 'certificate a ', 'aside a'],
  ],
  'look of a restore': [readRestoreLook, 'data\t'],
  survey: [(text) => readSurvey('cp1', text), 'etcd [{"leader":', 'archive 1 a', 'manifest a '],
  login: [
    (text) =>
      loginOf(inventory, {
        summary: { hosts: [] },
        outputs: new Map([
          ['dashboardService', answers(text)],
          ['dashboardToken', answers(text)],
        ]),
      } as never),
    'failed ',
    '10.0.0.1 ',
    'a.b.',
  ],
  addresses: [parseAddresses, 'eth0 ', 'eth0 fe80::1%'],
  kubeconfig: [(text) => kubeconfigOf(text, { cluster: 'prod', server: 'a:6443' })],
  manifest: [(text) => manifestSchema.safeParse({ cluster: text, etcdVersion: text, objects: { [text]: 1 } })],
  journal: [(text) => createDecoder('n').push(Buffer.from(text)), '@n log t1 ', '@n need t1 a '],
  greeting: [(text) => parseHello(`hello v1 ${text}`.split(' '), 0, 0), 'time=', 'id=debian '],
  refusal: [(text) => bootstrapError({ said: [text], hadPassword: true }), 'password '],
  account: [(text) => accountRefusal([text]), 'user '],
  question: [isOtherQuestion, 'code '],
  undertaking: [decodeUndertaking],
  prompt: [(text) => passwordPrompt('')('', '', '', [{ prompt: `password ${text}`, echo: false }], () => {}), 'one '],
  ...Object.fromEntries(
    Object.entries(values).map(([name, { form }]) => [`form of ${name}`, [(text) => form.test(text)]]),
  ),
}

it.each(Object.entries(readers))(
  '%s is linear',
  (_name, [read, ...before]) => {
    const pumps = ['', ...before].flatMap((begin) => [
      ...fillers.map((filler) => many(filler, begin)),
      ...(begin === '' ? [] : [many(begin), many(`${begin}\n`), many(`${begin}a\n`)]),
      // Lines that differ.
      (size: number) => Array.from({ length: size / (begin.length + 8) }, (_, at) => `${begin}n${at}`).join('\n'),
    ])
    const long = pumps.flatMap((pump) => {
      const found = tooLong(read, pump)
      return found === undefined ? [] : [`${found}, of ${JSON.stringify(pump(60))}`]
    })
    expect(long).toEqual([])
  },
  60_000,
)
