import { type Command, InvalidArgumentError, Option } from 'commander'
import type { LabSettings, System } from '../../../lab/src/model.ts'
import { suites } from '../../../lab/src/model.ts'

/** Adds `provision lab up|down|status|on|off`. */
export function registerLab(program: Command): void {
  const commands = program.command('lab').description('throw-away hosts on this machine, to try things on')
  commands
    .command('up')
    .description('make a lab, or whatever is missing of it, and write its inventory')
    .addOption(nameOption())
    .option('--hosts <number>', 'how many hosts (default: 3)', wholeNumber)
    .option('--control-planes <number>', 'how many of them are control planes (default: 1)', wholeNumber)
    .option('--systems <list>', 'their systems in turn (default: debian-13,debian-13,debian-12)', systemList)
    .option('--addons', 'serve what add-ons and Helm need, too (a quarter of an hour, the first time)')
    .action(async (options: { name: string; addons?: boolean } & Partial<LabSettings>) => {
      const { name, ...wanted } = options
      await (await lab()).up(name, wanted)
    })
  commands
    .command('down')
    .description('remove a lab; what is cached for the next one stays')
    .addOption(nameOption())
    .action(async ({ name }: { name: string }) => {
      await (await lab()).down(name)
    })
  commands
    .command('status')
    .description('show the hosts of a lab and how they are')
    .addOption(nameOption())
    .action(async ({ name }: { name: string }) => (await lab()).showStatus(name))
  for (const verb of ['on', 'off'] as const) {
    commands
      .command(verb)
      .description(`turn hosts ${verb}, as their power button would (default: all but the upstream)`)
      .argument('[hosts...]')
      .addOption(nameOption())
      .action(async (hosts: string[], { name }: { name: string }) => {
        await (await lab()).turn(verb, name, hosts)
      })
  }
}

function nameOption(): Option {
  return new Option('--name <name>', 'a lab beside the usual one').default('lab').argParser((text) => {
    if (!/^[a-z]([a-z0-9-]{0,19}[a-z0-9])?$/.test(text))
      throw new InvalidArgumentError('use lower-case letters, digits and, inside, dashes')
    return text
  })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 9)
    throw new InvalidArgumentError('a number from 1 to 9 is needed')
  return value
}

function systemList(text: string): System[] {
  return text.split(',').map((name) => {
    if (!Object.hasOwn(suites, name)) throw new InvalidArgumentError(`choose among ${Object.keys(suites).join(', ')}`)
    return name as System
  })
}

const lab = () => import('../../../lab/src/commands.ts')
