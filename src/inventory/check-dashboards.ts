import type { Problem } from '../errors.ts'
import { type CheckContext, problemAt } from './check-context.ts'

const dashboards: ReadonlySet<string> = new Set(['headlamp', 'kuboard'])

/** What dashboards need of other add-ons. */
export function checkDashboards(context: CheckContext): Problem[] {
  const { addons } = context.inventory
  const has = (name: string) => addons.some((each) => each.name === name)
  return addons
    .filter(({ name }) => dashboards.has(name))
    .flatMap(({ name, settings }) => [
      ...(settings.host !== undefined && !has('traefik')
        ? [
            problemAt(
              context,
              ['addons', name, 'host'],
              `addons.${name}.host is for traefik, which is not among the add-ons`,
              'add traefik: true, or remove host',
            ),
          ]
        : []),
      ...(settings.storageClass === 'local-path' && !has('local-path')
        ? [
            problemAt(
              context,
              ['addons', name],
              `addons.${name} keeps its store on a volume of the class local-path, which is not among the add-ons`,
              'add local-path: true, or name a class that the cluster has: storageClass: NAME',
              'key',
            ),
          ]
        : []),
    ])
}

/** Kuboard v3 names 1.13 to this minor of Kubernetes. */
const kuboardNewest = 33

/** What may not work, though nothing is wrong. */
export function doubtfulDashboards(context: CheckContext): Problem[] {
  const { addons, kubernetes } = context.inventory
  const minor = Number(kubernetes.version.split('.')[1])
  if (!addons.some((each) => each.name === 'kuboard') || !(minor > kuboardNewest)) return []
  const message = `Kuboard v3 names Kubernetes 1.13 to 1.${kuboardNewest}, and this cluster is to have ${kubernetes.version}`
  return [
    problemAt(
      context,
      ['addons', 'kuboard'],
      message,
      'try it before you rely on it; headlamp follows Kubernetes',
      'key',
    ),
  ]
}
