import type { Problem } from '../../../errors.ts'
import type { Path } from '../../../yaml/document.ts'
import { nearest } from '../../../yaml/suggest.ts'
import { pathText } from '../../../yaml/value.ts'
import { kindsByName } from '../../hosts/name-table.ts'
import { type CheckContext, problemAt } from '../../kubeconfig/check.ts'
import { componentFlags, type FlagKind } from './component-flags.ts'
import { flagMistake } from './flag-value.ts'
import { argumentMistake, type ComponentName, newFlags, retiredFlags } from './rules.ts'

const components: readonly ComponentName[] = ['apiServer', 'controllerManager', 'scheduler']

/** Flags of the control plane: that there are such, of the kind that they take, and not against what is set elsewhere. */
export function checkArguments(context: CheckContext): Problem[] {
  const { version } = context.inventory.kubernetes
  const minor = version.split('.')[1]
  return components.flatMap((component) =>
    Object.entries(context.inventory.kubernetes[component]?.extraArgs ?? {}).flatMap(([flag, value]) => {
      const path: Path = ['kubernetes', component, 'extraArgs', flag]
      const kind = kinds[component].get(flag)
      if (kind === undefined) return [unknownFlag(context, component, flag, path)]
      const since = newFlags.get(flag)
      if (since !== undefined && Number(minor) < Number(since.split('.')[1])) {
        const message = `${pathText(path)} is a flag of ${since} and newer, and kubernetes.version is ${version}`
        return [problemAt(context, path, message, 'remove it', 'key')]
      }
      const mistake = flagMistake(kind, value) ?? argumentMistake(context.inventory, component, flag, value)
      if (mistake === undefined) return []
      return [problemAt(context, path, `${pathText(path)} ${value} ${mistake[0]}`, mistake[1])]
    }),
  )
}

function unknownFlag(context: CheckContext, component: ComponentName, flag: string, path: Path): Problem {
  const other = components.find((one) => kinds[one].has(flag))
  const match = nearest(flag, [...kinds[component].keys()])
  const hint =
    retiredFlags.get(flag) ??
    (other === undefined ? undefined : `move it to kubernetes.${other}`) ??
    (match === undefined ? 'remove it: the program fails to start with it' : `did you mean ${match}?`)
  return problemAt(context, path, `${pathText(path)} is not a flag of ${programs[component]}`, hint, 'key')
}

const programs: Readonly<Record<ComponentName, string>> = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
}

const kinds: Readonly<Record<ComponentName, ReadonlyMap<string, FlagKind>>> = {
  apiServer: new Map(kindsByName(componentFlags.apiServer)),
  controllerManager: new Map(kindsByName(componentFlags.controllerManager)),
  scheduler: new Map(kindsByName(componentFlags.scheduler)),
}
