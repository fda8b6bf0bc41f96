import { statSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { packDirectory } from '../archive/pack.ts'
import { unpackClean } from '../archive/unpack.ts'
import { listIfThere, readIfThere } from '../disk/denied.ts'
import { UserError } from '../errors.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { err, out } from '../screen.ts'
import { createRedactor } from '../secrets/redact.ts'
import { scrub } from '../secrets/scrub.ts'
import { statePaths } from '../state/paths.ts'
import { version } from '../version.ts'
import { json } from '../views/json.ts'
import { formatBytes, plural } from '../views/style.ts'
import type { GlobalOptions } from './options.ts'
import { query } from './query.ts'
import { askedHosts } from './status.ts'

/** How many of the last runs go into the archive, and how much of each. */
const RUNS = 5
const RUN_BYTES = 3_000_000

export interface SupportOptions {
  readonly hours: number
  readonly into: string
}

export async function support(
  given: readonly string[],
  { hours, into }: SupportOptions,
  options: GlobalOptions,
): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const selected = selectHosts(inventory, given.length > 0 ? given.join(',') : options.limit)
  if (!statSync(into, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`directory ${into} does not exist`, 'create it, or set another with --into')
  const state = statePaths(inventory).directory
  const stamp = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
    .replace('T', '-')
  const name = `${inventory.cluster}-support-${stamp}`
  await mkdir(state, { recursive: true, mode: 0o700 })
  const work = await mkdtemp(join(state, 'support-'))
  const redactor = createRedactor()
  const clean = (text: string) => scrub(redactor.text(text))
  try {
    const directory = join(work, name)
    await mkdir(directory, { mode: 0o700 })
    if (options.output !== 'json') err.write(`querying ${plural(selected.length, 'host')}; this takes about a minute\n`)
    const left: string[] = []
    const { summary } = await query(
      {
        inventory,
        playbook: 'queries/support',
        hosts: selected,
        vars: { hours },
        redactor,
        onFile: async (file) => {
          const without = await unpackClean(file.bytes, join(directory, 'hosts', file.host), clean)
          left.push(...without.map((each) => `${file.host}: ${each}`))
        },
      },
      options,
    )
    await addOwn(directory, inventory, state, clean)
    const silent = silentHosts(inventory, selected, summary)
    const lines = [
      `provision ${version}, ${new Date().toISOString()}`,
      ...silent,
      ...left.map((each) => `omitted from ${each}`),
    ]
    await writeFile(join(directory, 'README'), clean(`${lines.join('\n')}\n`), { mode: 0o600 })
    const file = resolve(into, `${name}.tar.gz`)
    await packDirectory(work, name, file)
    tell(file, selected.length - silent.length, silent, (await readFile(file)).length, options)
    return summary.exitCode === 130 ? 130 : silent.length > 0 ? 1 : 0
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What this machine knows: the inventory and the last runs. */
async function addOwn(
  directory: string,
  inventory: Inventory,
  state: string,
  clean: (text: string) => string,
): Promise<void> {
  await writeFile(join(directory, 'hosts.yaml'), clean(await readFile(inventory.file, 'utf8')), { mode: 0o600 })
  const runs = listIfThere(join(state, 'runs')).sort().slice(-RUNS)
  for (const run of runs) {
    const target = join(directory, 'runs', run)
    await mkdir(target, { recursive: true, mode: 0o700 })
    for (const part of ['events.jsonl', 'summary.json']) {
      const text = readIfThere(join(state, 'runs', run, part))
      if (text !== undefined) await writeFile(join(target, part), clean(lastLines(text, RUN_BYTES)), { mode: 0o600 })
    }
  }
}

/** The end of a text in whole lines: half of one may begin in the middle of a secret. */
function lastLines(text: string, most: number): string {
  if (text.length <= most) return text
  const end = text.slice(-most)
  return end.slice(end.indexOf('\n') + 1)
}

function silentHosts(inventory: Inventory, selected: readonly Host[], summary: RunSummary): string[] {
  const changed = new Set(summary.hosts.filter((host) => host.outcome === 'changed').map((host) => host.name))
  return askedHosts(inventory, selected, summary)
    .filter((host) => host.state !== 'not-asked' && !changed.has(host.name))
    .map((host) => `${host.name}: ${host.state === 'down' ? 'skipped: state: down in the inventory' : host.error}`)
}

function tell(file: string, answered: number, silent: readonly string[], size: number, options: GlobalOptions): void {
  if (options.output === 'json') {
    out.data(`${json({ file, bytes: size, answered, silent })}\n`)
    return
  }
  for (const line of silent) out.write(`did not answer: ${line}\n`)
  out.write(
    `${file}: ${plural(answered, 'host')}, ${formatBytes(size)}. Secrets are redacted. Review it before you share it.\n`,
  )
}
