import { createSshTransport } from '../../src/transport/ssh.ts'
import { collect, counted, counting, program } from './programs.ts'

// Run by here.test.ts as an ordinary user inside a namespace. The password comes on stdin; what it finds goes to stdout.
const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
const sudoPassword = Buffer.concat(chunks).toString('utf8')
const transport = createSshTransport({ knownHostsFile: '/nonexistent', sshConfigFile: '/nonexistent' })
try {
  const session = await transport.open(
    { name: 'here', connection: 'local', address: '192.0.2.1', port: 22, user: '', hostKeys: 'pin', sudoPassword },
    { timeout: 30, lock: { who: 'tester@here', run: 'r1', since: '2026-01-02T03:04:05Z' } },
  )
  const whole = JSON.stringify(await collect(session, counting(50, 0.01))) === JSON.stringify(counted(50))
  const events = await collect(
    session,
    program(
      'e output who "$(id -un | base64)"; e output who; e output env "$(env | base64 -w0)"; e output env; e end done',
    ),
  )
  const reboot = await session.reboot(5).catch((error: Error) => error.message)
  await session.close()
  console.log(JSON.stringify({ whole, events, reboot, traffic: session.traffic, system: session.identity.id }))
} catch (error) {
  console.log(JSON.stringify({ refused: (error as Error).message }))
}
