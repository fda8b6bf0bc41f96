import { type Command, InvalidArgumentError, Option } from 'commander'
import type { DashboardOptions } from '../../operations/dashboard.ts'
import type { GlobalOptions } from '../../operations/options.ts'
import { parseSeconds } from '../durations.ts'

/** Where Headlamp is, with a login that ends by itself. */
export function registerDashboard(program: Command): void {
  program
    .command('dashboard')
    .option('--admin', 'full access; requires addons: { headlamp: { admin: true } }', false)
    .addOption(
      new Option('--for <duration>', 'lifetime of the token, 10m to 24h').argParser(parseLifetime).default(3600, '1h'),
    )
    .option('--port <number>', 'local port (default: a free one)', parsePort)
    .summary('open the dashboard through an SSH tunnel and print a short-lived token')
    .description(
      'Forwards a local port to Headlamp over SSH through a control plane and prints a login token. The token can read everything but ' +
        'Secrets, unless --admin is given. No port is opened on any host. Runs until Ctrl-C or until the token expires. ' +
        'The token is not stored.',
    )
    .action(async (own: DashboardOptions, command: Command) => {
      const { dashboard } = await import('../../operations/dashboard.ts')
      process.exitCode = await dashboard(own, command.optsWithGlobals<GlobalOptions>())
    })
}

/** Less than ten minutes the API server refuses; more than a day is no longer short. */
function parseLifetime(text: string): number {
  const seconds = parseSeconds(text)
  if (seconds < 600 || seconds > 86_400) throw new InvalidArgumentError('write a duration from 10m to 24h.')
  return seconds
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new InvalidArgumentError('write a port, 1 to 65535.')
  return port
}
