import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Target } from '../../src/transport/transport.ts'
import { counting } from './programs.ts'

// A controller of its own, to be killed: argv holds the target, known_hosts, and how many tasks to run.
const [target = '', knownHostsFile = '', count = ''] = process.argv.slice(2)
const session = await createSshTransport({ knownHostsFile, sshConfigFile: '/nonexistent' }).open(
  JSON.parse(target) as Target,
  { timeout: 30, lock: { who: 'victim@there', run: 'victim', since: '2026-01-02T03:04:05Z' } },
)
for await (const event of session.run(counting(Number(count), 0.1))) console.log(JSON.stringify(event))
