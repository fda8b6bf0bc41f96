import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { oneAfterAnother } from '../playbook/one-after-another.ts'
import { out } from '../screen.ts'
import { keepKubeconfig } from '../state/kubeconfig.ts'
import { certificatesText, type HostCertificates, isWell } from '../status/certificates-view.ts'
import { readCertificates } from '../status/parse/certificates.ts'
import { json } from '../views/json.ts'
import { styleFor } from '../views/style.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { shippedPlaybook } from './playbooks.ts'
import { query } from './query.ts'
import { askedHosts } from './status.ts'
import { refuseUnfinished } from './unfinished.ts'

export interface RenewOptions {
  readonly within: number
  readonly force: boolean
}

export async function show(options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  const selected = selectHosts(inventory, options.limit)
  const { summary, outputs } = await query({ inventory, playbook: 'queries/certificates', hosts: selected }, options)
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

export async function renew({ within, force }: RenewOptions, options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  await refuseUnfinished(inventory)
  const selected = selectHosts(inventory, options.limit)
  const controlPlanes = selected.filter((host) => host.role === 'control-plane' && host.state === 'up')
  const playbooks = [
    oneAfterAnother(
      shippedPlaybook('certificates/renew', { within, force }),
      'renew',
      controlPlanes.map((host) => host.name),
    ),
  ]
  checkPlaybooks(playbooks, inventory)
  const work = { command: 'provision certs renew', mode: 'apply', inventory, playbooks, selected } as const
  const { summary, outputs } = await execute(work, options)
  keepKubeconfig(inventory, outputs)
  return summary.exitCode
}
