import type { Problem } from '../../errors.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

const dashboards: ReadonlySet<string> = new Set(['headlamp', 'kuboard'])

/** What dashboards need of other add-ons. */
export function checkDashboards(context: CheckContext): Problem[] {
  const { addons } = context.inventory
  if (addons.some((each) => each.name === 'traefik')) return []
  return addons
    .filter(({ name, settings }) => dashboards.has(name) && settings.host !== undefined)
    .map(({ name }) =>
      problemAt(
        context,
        ['addons', name, 'host'],
        `addons.${name}.host requires the add-on traefik`,
        'add traefik: true, or remove host',
      ),
    )
}

/** Kuboard v3 names 1.13 to this minor of Kubernetes. */
const kuboardNewest = 33

/** What may not work, though nothing is wrong. */
export function doubtfulDashboards(context: CheckContext): Problem[] {
  const { addons, kubernetes } = context.inventory
  const minor = Number(kubernetes.version.split('.')[1])
  if (!addons.some((each) => each.name === 'kuboard') || !(minor > kuboardNewest)) return []
  const message = `Kuboard v3 supports Kubernetes 1.13 to 1.${kuboardNewest}, and kubernetes.version is ${kubernetes.version}`
  return [
    problemAt(
      context,
      ['addons', 'kuboard'],
      message,
      'test it before you rely on it, or use headlamp, which follows Kubernetes',
      'key',
    ),
  ]
}
