import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Asked,
  type Behaviour,
  frame,
  greetings,
  honest,
  journal,
  type Says,
  serve,
  value,
} from './hostile-host.ts'
import { makeKey } from './sshd.ts'

// A host that answers wrongly, a good one beside it, and the operator's side in a process whose memory is looked at.
const directory = mkdtempSync(join(tmpdir(), 'provision-hostile-'))
const canary = join(directory, 'canary')
const book = `
description: What both hosts do, and a token that one gives.
phases:
  - name: invite
    hosts: { role: control-plane, first: true }
    onDemand: true
    tasks:
      - name: A token
        command: { run: ":", unless: ":", value: echo }
        output: { name: joinToken, secret: true }
  - name: work
    hosts: all
    tasks:
      - name: Joined
        command: { run: ":", unless: ":", value: echo }
        needs: [joinToken]
        output: { name: joined }
      - name: Files
        command: { run: ":", unless: ":", value: echo }
        output: { name: supportFiles, file: true }
      - name: After
        command: { run: ":", unless: ":" }
`

let operator: ChildProcess
const waiting = new Map<number, (line: string) => void>()
let gone: Promise<never>
let good: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  for (const name of ['host', 'user']) makeKey(join(directory, name))
  writeFileSync(join(directory, 'book.yaml'), book)
  writeFileSync(
    join(directory, 'hosts.yaml'),
    'cluster: prod\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.12, role: worker }\n',
  )
  good = await serve({}, join(directory, 'host'))
  operator = spawn(process.execPath, ['--no-warnings', 'test/ssh/hostile-operator.ts', directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  createInterface({ input: operator.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    waiting.get((JSON.parse(line) as { id: number }).id)?.(line)
  })
  gone = new Promise((_resolve, reject) => operator.once('exit', () => reject(new Error('the operator’s side ended'))))
  gone.catch(() => {})
})
afterAll(() => {
  operator.kill()
  good.close()
  rmSync(directory, { recursive: true, force: true })
})

const MB = 1_000_000
const letters = 'x'.repeat(60_000)
/** A journal that begins well and goes on so. */
const says = (more: (asked: Asked) => string) => (host: Says, asked: Asked) => host.out(journal(asked) + more(asked))
const first = (asked: Asked) => asked.tasks[0] ?? ''
const frames = (...texts: string[]) =>
  says((asked) => texts.map((text) => frame(asked, text.replaceAll('TASK', first(asked)))).join(''))
const files = (give: NonNullable<Behaviour['give']>): Behaviour => ({ give })
const sent = (host: Says, key: string, offset: string, bytes: string) => {
  host.out(`%journal ${key} ${offset}\n`)
  host.out(bytes)
}

/** What a program's journal holds that was not read to its end, by its id. */
const left = new Map<string, string>()

const cases: readonly (readonly [name: string, behaviour: Behaviour, error: RegExp | undefined])[] = [
  // Before there is a session.
  ['closes at once', { raw: (socket) => socket.destroy() }, /./],
  ['says nothing', { raw: () => {} }, /./],
  ['speaks another language', { raw: (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n') }, /./],
  [
    'speaks another language without end',
    {
      raw: (socket) => {
        const go = (): void => {
          while (!socket.destroyed && socket.write(letters));
          socket.once('drain', go)
        }
        go()
      },
    },
    /./,
  ],
  ['has a greeting of 1 MB', { greeting: `${'g'.repeat(70)}\r\n`.repeat(14_000) }, /./],
  ['has a banner of 200 kB', { banner: 'b'.repeat(200_000) }, /./],
  ['lets nobody in', { authentication: (context) => context.reject() }, /rejects the login/],
  [
    'asks for passwords for ever',
    { authentication: (context) => context.reject(['keyboard-interactive', 'password']) },
    /rejects the login/,
  ],
  ['never says who may come in', { authentication: () => {} }, /./],
  ['refuses the channel', { session: (_accept, reject) => reject() }, /./],
  ['hangs up at the channel', { session: (_accept, _reject, client) => client.end() }, /./],
  ['closes exec at once', { exec: (channel) => channel.close() }, /./],
  [
    'ends exec with a signal',
    {
      exec: (channel) => {
        channel.exit('KILL', true, 'killed')
        channel.end()
      },
    },
    /./,
  ],
  [
    'ends exec with a code of its own',
    {
      exec: (channel) => {
        channel.exit(4294967295)
        channel.end()
      },
    },
    /./,
  ],
  ['says nothing in exec', { exec: () => {} }, /./],
  // In the greeting.
  ['greets in 100,000 words', { hello: (host) => host.err(`%hello v1 ${'a=b '.repeat(100_000)}\n`) }, /./],
  ['greets without an end', { hello: (host) => host.flood(letters, 200 * MB, true) }, /./],
  ['refuses 200,000 times', { hello: (host) => host.flood(`%refused ${'r'.repeat(8000)}\n`, 200 * MB, true) }, /./],
  ['prints 200 MB of start-up files', { hello: (host) => host.flood(letters, 200 * MB) }, /./],
  [
    'is of a system that is a command',
    { hello: (host) => host.err(greetings.replace('id=debian', `id=$(touch${'$'}{IFS}${canary})`)) },
    /is unknown/,
  ],
  [
    'answers with names that every object has',
    { hello: (host) => host.err(`%constructor\n%toString x\n%__proto__\n%__defineGetter__\n${greetings}`) },
    undefined,
  ],
  [
    'is of a system that every object has',
    { hello: (host) => host.err(greetings.replace('id=debian like=', 'id=constructor like=valueOf')) },
    /constructor is unknown/,
  ],
  [
    'has a name with escapes',
    { hello: (host) => host.err(greetings.replace('hostname=h', 'hostname=\u001b]52;c;aGk=\u0007')) },
    undefined,
  ],
  ['has a time that is none', { hello: (host) => host.err(greetings.replace(/time=.*/, 'time=NaN')) }, /lacks a time/],
  ['says of its lock what nobody knows', { lock: (host) => host.err('%owned by me\n') }, /unexpected answer to lock/],
  ['says nothing of its lock', { lock: () => {} }, /./],
  // In the journal.
  [
    'ends exec instead of a journal',
    {
      run: (host) => {
        host.channel.exit(1)
        host.channel.end()
      },
    },
    /./,
  ],
  [
    'goes on after the end',
    { run: (host, asked) => host.out(`${honest(asked)}${frame(asked, 'nonsense').repeat(1000)}`) },
    undefined,
  ],
  ['ends twice', { run: (host, asked) => host.out(`${honest(asked)}${frame(asked, 'end failed')}`) }, undefined],
  [
    'is gone before all of its journal was read, and then reads it',
    {
      run: (host, asked) => {
        const whole = honest(asked).slice(honest(asked).indexOf('\n') + 1)
        host.out(honest(asked).slice(0, -20))
        host.err(`%gone ${asked.id} ${whole.length}\n`)
        left.set(asked.id, whole)
      },
      follow: (host, id, offset) => {
        const whole = left.get(id) ?? ''
        host.out(`%journal ${id} ${offset}\n${whole.slice(Number(offset))}`)
        host.err(`%gone ${id} ${whole.length}\n`)
      },
    },
    undefined,
  ],
  [
    'is gone, and has not what it says to be left',
    {
      run: (host, asked) => {
        host.out(journal(asked))
        host.err(`%gone ${asked.id} ${journal(asked).length + 5}\n`)
      },
      follow: (host, id) => host.err(`%unknown ${id}\n`),
    },
    /exited unexpectedly/,
  ],
  [
    'sends half a frame and is gone',
    {
      run: (host, asked) => {
        host.out(`${journal(asked)}@${asked.nonce} o`)
        host.err(`%gone ${asked.id} ${journal(asked).length}\n`)
      },
    },
    /exited unexpectedly/,
  ],
  ['is gone before it began', { run: (host, asked) => host.err(`%gone ${asked.id} 0\n`) }, /exited unexpectedly/],
  ['got a damaged program', { run: (host, asked) => host.err(`%damaged ${asked.id}\n`) }, /arrived incomplete/],
  ['knows no such program', { run: (host, asked) => host.err(`%unknown ${asked.id}\n`) }, /exited unexpectedly/],
  ['is busy with escapes', { run: (host, asked) => host.err(`%busy ${asked.id} \u001b[2J\n`) }, /does not stop/],
  ['sends a frame that nobody knows', { run: frames('conquer TASK') }, /unknown frame/],
  ['fails as nobody fails', { run: frames('failed TASK boiling 1') }, /a frame says "boiling"/],
  ['has a task that is a path', { run: frames('ok ../../etc/passwd') }, /a frame says/],
  ['says that tasks are ok that it does not have', { run: frames('ok t77', 'changed t78', 'end done') }, undefined],
  [
    'prints 100 MB between frames',
    {
      run: (host, asked) => {
        host.out(journal(asked))
        host.flood(`${letters}\n`, 100 * MB)
      },
    },
    /more than \d+ bytes from one program/,
  ],
  [
    'prints a line without end',
    {
      run: (host, asked) => {
        host.out(journal(asked))
        host.flood(letters, 100 * MB)
      },
    },
    /more than \d+ bytes from one program/,
  ],
  [
    'sends 300,000 events',
    {
      run: (host, asked) => {
        host.out(journal(asked))
        host.flood(frame(asked, `beat ${first(asked)} 5 x`).repeat(1000), 12 * MB)
      },
    },
    /more than 200000 events/,
  ],
  [
    'sends a log in single letters',
    {
      run: (host, asked) => {
        host.out(journal(asked))
        host.flood(frame(asked, `log ${first(asked)} A`).repeat(1000), 12 * MB)
      },
    },
    /log t\d+: more than 131072 bytes/,
  ],
  [
    'opens 100 streams',
    { run: frames(...Array.from({ length: 100 }, (_, at) => `output o${at} QUJD`)) },
    /too many open streams/,
  ],
  ['sends a log that is no base64', { run: frames('log TASK $(id)') }, /not base64/],
  [
    'has 10,000 notes',
    {
      run: says(
        (asked) =>
          `${frame(asked, `note ${first(asked)} ${'QUJD'.repeat(100)}`) + frame(asked, `note ${first(asked)}`)}`.repeat(
            10_000,
          ) + frame(asked, 'end done'),
      ),
    },
    undefined,
  ],
  [
    'has a note of 1 MB',
    {
      run: (host, asked) => {
        host.out(journal(asked))
        host.flood(frame(asked, `note ${first(asked)} ${'QUJD'.repeat(1000)}`), MB)
      },
    },
    /note t\d+: more than 16384 bytes/,
  ],
  // Values and needs.
  [
    'gives a value that is a command',
    { run: says((asked) => value(asked, 'joined', `$(touch ${canary})`)) },
    /joined .*(at most 32|not of its form)/,
  ],
  [
    'gives a value of 7 MB',
    { run: says((asked) => value(asked, 'joined', 'j'.repeat(7 * MB))) },
    /joined of 7000000 bytes/,
  ],
  [
    'gives a token, being a worker',
    { run: says((asked) => value(asked, 'joinToken', 'abcdef.0123456789abcdef') + frame(asked, 'end done')) },
    undefined,
  ],
  ['ends for needs without a need', { run: frames('end needs') }, /had not requested/],
  [
    'needs a key that is not for it',
    { run: frames('need TASK certificateKey', 'end needs') },
    /requested certificateKey/,
  ],
  ['needs for a task that it does not have', { run: frames('need t99 joinToken', 'end needs') }, /had not requested/],
  ['needs the same again and again', { run: frames('need TASK joinToken', 'end needs') }, /requested joinToken/],
  ['needs 10,000 values', { run: frames(`need TASK${' joinToken'.repeat(1500)}`, 'end needs') }, /./],
  [
    'gives a file at no path',
    { run: says((asked) => value(asked, 'supportFiles', '../etc/passwd') + frame(asked, 'end done')) },
    /supportFiles that is not of its form/,
  ],
  // Files.
  ['has no such file', files((host, key) => host.err(`%absent ${key}\n`)), /no file \S+ on the host/],
  [
    'has a file of a petabyte',
    files((host, key, offset) => {
      host.err(`%file ${key} 999999999999999 1.1\n`)
      sent(host, key, offset, 'x')
    }),
    /has 999999999999999 bytes, and the limit is/,
  ],
  ['has a file of a size that is none', files((host, key) => host.err(`%file ${key} many 1.1\n`)), /no size of/],
  ['has a file of a negative size', files((host, key) => host.err(`%file ${key} -5 1.1\n`)), /no size of/],
  [
    'never says how large its file is',
    files((host, key, offset) => {
      host.out(`%journal ${key} ${offset}\n`)
      host.flood(letters, 300 * MB)
    }),
    /without its size/,
  ],
  [
    'sends more than it said',
    files((host, key, offset) => {
      host.err(`%file ${key} 10 1.1\n`)
      sent(host, key, offset, letters)
    }),
    /changed on the host/,
  ],
  [
    'says two sizes',
    files((host, key, offset) => {
      host.err(`%file ${key} 10 1.1\n%file ${key} 11 1.1\n`)
      sent(host, key, offset, 'x')
    }),
    /changed on the host/,
  ],
  [
    'has another file after each lost connection',
    files((host, key) => {
      host.err(`%file ${key} ${Math.ceil(Math.random() * MB) + 10} 1.1\n`)
      setTimeout(() => host.client.end(), 50)
    }),
    /./,
  ],
  [
    'says that its file changes',
    files((host, key) => host.err(`%file ${key} 10 1.1\n%changed ${key}\n`)),
    /changed on the host/,
  ],
  [
    'sends its file from another byte',
    files((host, key) => {
      host.err(`%file ${key} 10 1.1\n`)
      sent(host, key, '5', 'hello')
      host.client.end()
    }),
    /./,
  ],
]

it('there are enough of them', () => {
  expect(cases.length).toBeGreaterThanOrEqual(40)
})

it.concurrent.each(cases)('a host that %s', async (_name, behaviour, error) => {
  const bad = await serve(behaviour, join(directory, 'host'))
  try {
    const knownHostsFile = join(directory, `known_hosts-${bad.port}`)
    const answer = new Promise<string>((resolve) => waiting.set(bad.port, resolve))
    const run = { id: bad.port, good: good.port, bad: bad.port, key: join(directory, 'user'), knownHostsFile }
    operator.stdin?.write(`${JSON.stringify(run)}\n`)
    const told = JSON.parse(await Promise.race([answer, gone]))
    expect(told.good, told.good.error).toMatchObject({ outcome: 'converged' })
    expect(told.given.find(([host]: string[]) => host === 'cp1')).toEqual(['cp1', 'joined'])
    expect(['converged', 'failed', 'unreachable']).toContain(told.bad?.outcome)
    if (error === undefined) expect(told.bad.error ?? '').toBe('')
    else expect(told.bad.error).toMatch(error)
    expect(told.megabytes).toBeLessThan(300)
    expect(existsSync(canary)).toBe(false)
  } finally {
    bad.close()
  }
})
