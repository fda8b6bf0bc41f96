import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compiling } from '../../src/compile/load.ts'
import type { RunEvent } from '../../src/events/run-event.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { loadPlaybooks } from '../../src/playbook/load.ts'
import { outputsOf } from '../../src/playbook/outputs.ts'
import { runPlaybooks } from '../../src/run/run.ts'
import { createRedactor } from '../../src/secrets/redact.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'

// The operator's side in a process of its own, whose memory counts. A line on stdin names the ports of a good and of a
// hostile host; a line on stdout says how the run over both went.
const [directory = ''] = process.argv.slice(2)
const inventory = loadInventory(join(directory, 'hosts.yaml'), 'reach')
const playbooks = loadPlaybooks([join(directory, 'book.yaml')])

async function run(line: string): Promise<void> {
  const { id, good, bad, key, knownHostsFile } = JSON.parse(line) as {
    id: number
    good: number
    bad: number
    key: string
    knownHostsFile: string
  }
  const transport = createSshTransport({ knownHostsFile, sshConfigFile: '/nonexistent', patience: 2, keepalive: 5 })
  const events: RunEvent[] = []
  const began = performance.now()
  const { outputs } = await runPlaybooks({
    run: 'hostile',
    lock: { who: 'operator@here', run: 'hostile', since: '2026-01-02T03:04:05Z' },
    mode: 'apply',
    inventory,
    selected: inventory.hosts,
    outputs: outputsOf(playbooks, inventory),
    transport,
    target: async (host) => ({
      name: host.name,
      address: '127.0.0.1',
      port: host.name === 'cp1' ? good : bad,
      user: 'root',
      identityFile: key,
      hostKeys: 'pin',
    }),
    ...compiling(inventory, playbooks),
    prelude: () => '',
    redactor: createRedactor(),
    onFile: async ({ bytes }) => {
      const hash = createHash('sha256')
      for await (const piece of bytes) hash.update(piece)
    },
    onEvent: (event) => {
      if (event.kind === 'host-finished') events.push(event)
    },
    concurrency: 4,
    connectTimeout: 15,
    stopping: new AbortController().signal,
  }).catch((error: Error) => {
    events.push({ kind: 'host-finished', at: 0, host: 'w1', outcome: 'failed', error: error.message })
    return { outputs: new Map<string, ReadonlyMap<string, string>>() }
  })
  const last = (host: string) => events.findLast((event) => event.kind === 'host-finished' && event.host === host)
  process.stdout.write(
    `${JSON.stringify({
      id,
      good: last('cp1'),
      bad: last('w1'),
      given: [...(outputs.get('joined') ?? [])],
      seconds: (performance.now() - began) / 1000,
      megabytes: process.resourceUsage().maxRSS / 1024,
    })}\n`,
  )
}

for await (const line of createInterface({ input: process.stdin })) void run(line)
