import { type Command, InvalidArgumentError, Option } from 'commander'
import type { DashboardOptions } from '../../operations/dashboard.ts'
import type { GlobalOptions } from '../../operations/options.ts'
import { parseSeconds } from '../durations.ts'

/** Where Headlamp is, with a login that ends by itself. */
export function registerDashboard(program: Command): void {
  program
    .command('dashboard')
    .option('--admin', 'a login that may do everything; needs addons: { headlamp: { admin: true } }', false)
    .addOption(
      new Option('--for <duration>', 'how long the login is good: from 10m to 24h')
        .argParser(parseLifetime)
        .default(3600, '1h'),
    )
    .option('--port <number>', 'of this machine; any that is free without it', parsePort)
    .summary('print where the dashboard is and a short-lived login, and lead there')
    .description(
      "Lets this machine's browser reach Headlamp by way of a control plane, over SSH, and prints a token to log in with: " +
        'for reading, all but Secrets, unless --admin is given. Nothing has to be opened to anybody for it. ' +
        'Stays until Ctrl-C, or until the token has run out. The token is kept nowhere.',
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
