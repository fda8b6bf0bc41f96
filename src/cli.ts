import { main } from './cli/program.ts'
import { refusalOf } from './cli/refuse.ts'
import { err, outputIsLost, written } from './screen.ts'
import { oldestNode } from './version.ts'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < oldestNode) {
  err.write(`provision needs Node.js ${oldestNode} or newer; this is ${process.version}\n`)
  process.exit(2)
}

// What is caught nowhere may quote a host, too.
process.on('uncaughtException', (error) => {
  const { text, exitCode } = refusalOf(error, true)
  err.write(`${text}\n`)
  process.exit(exitCode)
})

// No await at the top: the executable's code is CommonJS.
main(process.argv.slice(2)).then(async (exitCode) => {
  await written()
  // All is done or given up: no timer or connection left behind may keep the operator waiting.
  process.exit(exitCode === 0 && outputIsLost() ? 1 : exitCode)
})
