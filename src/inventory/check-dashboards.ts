import type { Problem } from '../errors.ts'
import { type CheckContext, problemAt } from './check-context.ts'

/** What dashboards need of other add-ons. */
export function checkDashboards(context: CheckContext): Problem[] {
  const { addons } = context.inventory
  if (addons.some((each) => each.name === 'traefik')) return []
  return addons
    .filter(({ name, settings }) => name === 'headlamp' && settings.host !== undefined)
    .map(({ name }) => {
      const message = `addons.${name}.host is for traefik, which is not among the add-ons`
      return problemAt(context, ['addons', name, 'host'], message, 'add traefik: true, or remove host')
    })
}
