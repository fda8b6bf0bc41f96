import type { Problem } from '../../errors.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

/** Mirrors of the system's own packages that nobody named, and registries named twice. */
export function checkMirrors(context: CheckContext): Problem[] {
  const { mirrors, registries } = context.inventory
  const asked = context.document.written(['mirrors', 'packages', 'os']) === 'true'
  const noPreset = asked && Object.keys(mirrors.packages.os).length === 0
  const message = 'mirrors.packages.os: true requires a preset'
  const hint = 'add preset: aliyun, or set the mirrors: os: { debian: URL }'
  return [
    ...(noPreset ? [problemAt(context, ['mirrors', 'packages', 'os'], message, hint)] : []),
    ...registries.private.flatMap((one, index) => {
      const first = registries.private.findIndex((other) => other.host === one.host)
      if (first === index) return []
      const twice = `registries.private[${index}] repeats ${one.host}`
      return [problemAt(context, ['registries', 'private', index, 'host'], twice, 'list each registry once')]
    }),
  ]
}

/** A password that anybody between can read. */
export function openLogins(context: CheckContext): Problem[] {
  return context.inventory.registries.private.flatMap((one, index) => {
    if (!one.insecure || one.username === undefined) return []
    const message = `every pull sends the password for ${one.host} over plain HTTP`
    return [
      problemAt(context, ['registries', 'private', index], message, 'enable TLS on the registry and set its ca', 'key'),
    ]
  })
}
