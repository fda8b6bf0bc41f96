import { formatProblem, UnreachableError, UserError } from '../errors.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { createTargets } from '../run/targets.ts'
import { err, out } from '../screen.ts'
import { statePaths } from '../state/paths.ts'
import { createSshTransport } from '../transport/ssh.ts'
import type { Forward } from '../transport/transport.ts'
import { askSecret } from '../views/ask.ts'
import { json } from '../views/json.ts'
import { z } from '../zod.ts'
import { askControlPlanes } from './control-plane-failover.ts'
import type { Executed } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { firstAnswer, queryWork } from './query.ts'
import { askedHosts } from './status.ts'

export interface DashboardOptions {
  readonly admin: boolean
  /** Seconds. */
  readonly for: number
  readonly port?: number | undefined
}

export async function dashboard(own: DashboardOptions, options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const { host } = headlampOf(inventory, own.admin)
  try {
    const executed = await ask(inventory, own, options)
    if (executed.summary.exitCode === 130) return 130
    const { by, to, token } = loginOf(inventory, executed)
    const life = lifeOf(token)
    const way = await lead(inventory, by, to, own.port ?? 0, options)
    try {
      const text =
        options.output === 'json' ? line(way, token, life.expires) : screen(way, token, life.expires, own, host)
      out.write(`${text}\n`)
      await over(life.seconds)
    } finally {
      way.close()
    }
    return 0
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error
    complain(error)
    return 1
  }
}

/** Its settings. Throws UserError where it is not to be there, or to have no such login. */
export function headlampOf(inventory: Inventory, admin: boolean): { readonly host?: string | undefined } {
  const settings = inventory.addons.find((each) => each.name === 'headlamp')?.settings
  if (settings === undefined) {
    throw new UserError(
      `${inventory.file} has no dashboard`,
      'add addons: { headlamp: true } to it and run `provision`',
    )
  }
  if (admin && settings.admin !== true) {
    throw new UserError(
      `addons.headlamp in ${inventory.file} has no administrator login`,
      'set headlamp: { admin: true } there and run `provision`, or omit --admin for read access',
    )
  }
  return { host: settings.host as string | undefined }
}

interface Login {
  /** The control plane that gave it. */
  readonly by: Host
  /** Headlamp, as that one reaches it. */
  readonly to: { readonly address: string; readonly port: number }
  readonly token: string
}

/** Has a control plane say where Headlamp is and make a token. Throws UserError where there is none to ask. */
function ask(inventory: Inventory, own: DashboardOptions, options: GlobalOptions): Promise<Executed> {
  const vars = { account: own.admin ? 'headlamp-admin' : 'headlamp-viewer', seconds: own.for }
  const work = (asked: Host, derived: Inventory) =>
    queryWork({ inventory: derived, playbook: 'queries/dashboard', hosts: [asked], vars })
  return askControlPlanes(inventory, [], work, options)
}

/** What the control plane said, which is checked before it is used. Throws UnreachableError. */
export function loginOf(inventory: Inventory, executed: Pick<Executed, 'summary' | 'outputs'>): Login {
  const { summary, outputs } = executed
  const [name, service] = [...(outputs.get('dashboardService') ?? [])][0] ?? []
  const token = firstAnswer(executed, 'dashboardToken')?.trim()
  const by = inventory.hosts.find((host) => host.name === name)
  if (by === undefined || service === undefined || token === undefined) {
    const silent = askedHosts(inventory, inventory.hosts, summary).find((each) => each.error !== undefined)
    throw new UnreachableError(`no control plane responds: ${silent?.error ?? 'no response'}`, silent?.hint)
  }
  const failed = [service, token].find((said) => said.startsWith('failed '))
  const [, address, port] = /^([0-9a-fA-F.:]+) (\d+)$/.exec(service.trim()) ?? []
  if (failed !== undefined || address === undefined || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    // Nothing of an answer that is not understood is shown: a token may be in it.
    const why = failed?.slice('failed '.length).trim().slice(0, 300) ?? 'its answer cannot be parsed'
    throw new UnreachableError(
      `${by.name} has no token for Headlamp: ${why}`,
      'run `provision` to install Headlamp and its logins',
    )
  }
  return { by, to: { address, port: Number(port) }, token }
}

async function lead(
  inventory: Inventory,
  by: Host,
  to: Login['to'],
  port: number,
  options: GlobalOptions,
): Promise<Forward> {
  const transport = createSshTransport({ knownHostsFile: statePaths(inventory).knownHosts })
  // Whatever had to be asked for has been, and is not asked for again.
  const target = await createTargets(askSecret, () => {})(by)
  return transport.forward(target, { to, port, timeout: options.timeout, onFailure: complain })
}

const claims = z.object({ iat: z.number(), exp: z.number() })

/**
 * How long a token of a ServiceAccount is good, as the API server has it, which may give less than it is asked for.
 * In seconds from now, too: this machine's clock need not be the cluster's.
 */
export function lifeOf(token: string): { readonly expires: Date; readonly seconds: number } {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  const { iat, exp } = claims.parse(JSON.parse(payload))
  return { expires: new Date(exp * 1000), seconds: exp - iat }
}

function line({ port }: Forward, token: string, expires: Date): string {
  return json({ url: `http://127.0.0.1:${port}`, token, expires: expires.toISOString() })
}

function screen(
  { port }: Forward,
  token: string,
  expires: Date,
  { admin }: DashboardOptions,
  host: string | undefined,
): string {
  const may = admin ? 'has full access' : 'can read everything except Secrets'
  return [
    `Headlamp: http://127.0.0.1:${port}${host === undefined ? '' : ` or https://${host}`}`,
    `Token, valid until ${expires.toISOString()}; it ${may}:`,
    token,
    'Press Ctrl-C to stop.',
  ].join('\n')
}

/** Waits for Ctrl-C, or until the token is of no more use. */
function over(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      process.off('SIGINT', end).off('SIGTERM', end)
      resolve()
    }
    const timer = setTimeout(end, seconds * 1000)
    process.once('SIGINT', end).once('SIGTERM', end)
  })
}

function complain(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const hint = error instanceof UnreachableError ? error.hint : undefined
  err.write(`${formatProblem({ message, hint })}\n`)
}
