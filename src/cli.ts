import { main } from './commands/program.ts'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 22) {
  process.stderr.write(`provision needs Node.js 22 or newer; this is ${process.version}\n`)
  process.exit(2)
}

// Whoever reads our output may stop reading: that must not end a run half-way.
process.stdout.on('error', () => {})
const exitCode = await main(process.argv.slice(2))
// All is done or given up: no timer or connection left behind may keep the operator waiting.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
