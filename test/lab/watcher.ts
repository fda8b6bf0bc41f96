import { appendFileSync, readdirSync, readFileSync } from 'node:fs'

// A program of its own: writes every command line and environment that any process of this machine has, its lab hosts'
// included, to the file named by its argument, each once, until it is ended.
const [file = ''] = process.argv.slice(2)
const seen = new Set<string>()
/** Command line that each process had when its environment was read: both are new after an exec. */
const known = new Map<string, string>()

process.on('SIGTERM', () => process.exit(0))
appendFileSync(file, '', { mode: 0o600 })

function look(): void {
  const present = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  for (const pid of present) {
    const line = read(pid, 'cmdline')
    if (line === '' || known.get(pid) === line) continue
    known.set(pid, line)
    note(`argv of ${pid}: ${line}`, line)
    const environment = read(pid, 'environ')
    note(`environment of ${pid} (${line.slice(0, 80)}): ${environment}`, environment)
  }
  const there = new Set(present)
  for (const pid of known.keys()) if (!there.has(pid)) known.delete(pid)
}

function note(text: string, identity: string): void {
  if (identity === '' || seen.has(identity)) return
  seen.add(identity)
  appendFileSync(file, `${text.replaceAll('\0', ' ').replaceAll('\n', ' ')}\n`)
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return '' // it ended meanwhile
  }
}

look()
console.log('watching')
setInterval(look, 15)
