import { type Command, InvalidArgumentError } from 'commander'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import { oneAfterAnother } from '../playbook/one-after-another.ts'
import { json } from '../report/json.ts'
import { readCertificates } from '../report/status/certificates.ts'
import { certificatesText, type HostCertificates, isWell } from '../report/status/horizon.ts'
import { styleFor } from '../report/style.ts'
import { out } from '../screen.ts'
import { shipped } from '../shipped.ts'
import { execute } from './execute.ts'
import { keepKubeconfig } from './keep-kubeconfig.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'
import { askedHosts } from './status.ts'
import { refuseUnfinished } from './unfinished.ts'

const asking = shipped('playbooks/certificates.yaml')
const renewing = shipped('playbooks/renew-certificates.yaml')

interface RenewOptions {
  readonly within: number
  readonly force: boolean
}

/** How long the certificates of all nodes are good for, and new ones. */
export function registerCerts(program: Command): void {
  const certs = program
    .command('certs')
    .summary('show until when every certificate is good; certs renew makes new ones')
    .description(
      "Shows the certificates of every node: control planes' and their CAs, kubelets' and whether the running processes use them. " +
        'Changes nothing. Exit code 0: all are good for 30 days; 1: one is not, or a host did not answer.',
    )
    .action(async (_options: unknown, command: Command) => {
      process.exitCode = await show(command.optsWithGlobals<GlobalOptions>())
    })
  certs
    .command('renew')
    .option('--within <days>', 'renew where something expires within so many days', parseDays, 30)
    .option('--force', 'renew whatever its age', false)
    .summary('renew what is due, one control plane after the other')
    .description(
      'Renews certificates and kubeconfigs of the control planes where one is due, and restarts what uses them: one control ' +
        'plane after the other, each well before the next. Works when they have expired and no API server answers. Kubelets ' +
        'whose certificate has expired get a new one; no pod is restarted. CAs stay as they are. Where nothing is due, nothing is done.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  provision certs renew              what expires within 30 days\n  provision certs renew --within 90  before a long leave\n  provision certs renew --force      after a key may have leaked',
    )
    .action(async (own: RenewOptions, command: Command) => {
      process.exitCode = await renew(own, command.optsWithGlobals<GlobalOptions>())
    })
}

async function show(options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const selected = selectHosts(inventory, options.limit)
  const playbooks = ownPlaybooks([asking], inventory)
  const work = { command: 'provision certs', mode: 'apply', observe: true, inventory, playbooks, selected } as const
  const { summary, outputs } = await execute(work, options)
  const now = Date.now()
  const hosts = askedHosts(inventory, selected, summary)
    .filter((host) => host.state !== 'not-asked')
    .map((host): HostCertificates => {
      const text = outputs.get('certificates')?.get(host.name) ?? ''
      return { name: host.name, state: host.state, error: host.error, certificates: readCertificates(text, now) }
    })
  if (options.output === 'json') out.data(`${json({ hosts })}\n`)
  else out.write(`${certificatesText(hosts, styleFor(out))}\n`)
  return summary.exitCode === 130 ? 130 : isWell(hosts) ? 0 : 1
}

async function renew({ within, force }: RenewOptions, options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  await refuseUnfinished(inventory)
  const selected = selectHosts(inventory, options.limit)
  const controlPlanes = selected.filter((host) => host.role === 'control-plane' && host.state === 'up')
  const playbooks = loadPlaybooks([renewing]).map((playbook) =>
    oneAfterAnother(
      { ...playbook, vars: { within, force } },
      'renew',
      controlPlanes.map((host) => host.name),
    ),
  )
  checkPlaybooks(playbooks, inventory)
  const work = { command: 'provision certs renew', mode: 'apply', inventory, playbooks, selected } as const
  const { summary, outputs } = await execute(work, options)
  keepKubeconfig(inventory, outputs)
  return summary.exitCode
}

function parseDays(text: string): number {
  const days = /^\d+$/.test(text) ? Number(text) : -1
  if (days < 0 || days > 3650) throw new InvalidArgumentError('write a whole number of days, such as 90.')
  return days
}
