import { type Command, InvalidArgumentError, Option } from 'commander'
import { type LabSettings, type System, suites } from '../../../lab/src/model.ts'
import { UserError } from '../../errors.ts'
import { isExecutable } from '../../shipped.ts'

/** Adds `provision lab up|down|status|on|off`. */
export function registerLab(program: Command): void {
  const commands = program
    .command('lab')
    .summary('manage disposable test hosts on this machine')
    .description('Creates and removes hosts on this machine: real systems with systemd, sshd and a separate network.')
  commands
    .command('up')
    .description('create a lab, or its missing parts, and write its inventory')
    .addOption(nameOption())
    .option('--hosts <number>', 'number of hosts (default: 3)', wholeNumber)
    .option('--control-planes <number>', 'number of control planes among them (default: 1)', wholeNumber)
    .option('--systems <list>', 'systems, assigned in turn (default: debian-13,debian-13,debian-12)', systemList)
    .option('--addons', 'also serve images of add-ons and Helm (15 minutes where they must be built first)')
    .action(async (options: { name: string; addons?: boolean } & Partial<LabSettings>) => {
      const { name, ...wanted } = options
      await (await lab()).up(name, wanted)
    })
  commands
    .command('down')
    .description('remove a lab; keep its cache')
    .addOption(nameOption())
    .action(async ({ name }: { name: string }) => {
      await (await lab()).down(name)
    })
  commands
    .command('status')
    .description('show the hosts of a lab and their state')
    .addOption(nameOption())
    .action(async ({ name }: { name: string }) => (await lab()).showStatus(name))
  for (const verb of ['on', 'off'] as const) {
    commands
      .command(verb)
      .description(`turn hosts ${verb}, as a power button does (default: all except the upstream)`)
      .argument('[hosts...]')
      .addOption(nameOption())
      .action(async (hosts: string[], { name }: { name: string }) => {
        await (await lab()).turn(verb, name, hosts)
      })
  }
}

function nameOption(): Option {
  return new Option('--name <name>', 'lab name').default('lab').argParser((text) => {
    if (!/^[a-z]([a-z0-9-]{0,19}[a-z0-9])?$/.test(text))
      throw new InvalidArgumentError('use lower-case letters, digits and, inside, dashes')
    return text
  })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 9) throw new InvalidArgumentError('write a number from 1 to 9')
  return value
}

function systemList(text: string): System[] {
  return text.split(',').map((name) => {
    if (!Object.hasOwn(suites, name)) throw new InvalidArgumentError(`use some of ${Object.keys(suites).join(', ')}`)
    return name as System
  })
}

/** Hosts are made by programs that read the lab's files, which an executable does not hold. */
function lab() {
  if (isExecutable)
    throw new UserError('this executable has no lab', 'run provision lab from the npm package or a checkout')
  return import('../../../lab/src/commands.ts')
}
