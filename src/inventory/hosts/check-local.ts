import type { Problem } from '../../errors.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

/** There is one machine one sits at. */
export function checkLocal(context: CheckContext): Problem[] {
  const local = context.inventory.hosts.filter((host) => host.connection === 'local')
  return local.slice(1).map((host) => {
    const message = `hosts.${host.name} and ${local[0]?.name} both have connection: local`
    return problemAt(context, ['hosts', host.name, 'connection'], message, 'keep connection: local for one of them')
  })
}
