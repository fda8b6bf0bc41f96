import { setTimeout } from 'node:timers/promises'
import { err, out, outputIsLost, written } from '../../../src/screen.ts'

// Writes to both streams for a while, as a run does; `data` to standard output as for a program.
const send = process.argv[2] === 'data' ? out.data : out.write
for (let line = 0; line < 20; line += 1) {
  send(`line ${line}\n`)
  err.write(`line ${line}\n`)
  await setTimeout(10)
}
send('last\n')
err.write('last\n')
await written()
process.exit(outputIsLost() ? 1 : 0)
