import type { Problem } from '../../errors.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

/** Mirrors of the system's own packages that nobody named, and registries named twice. */
export function checkMirrors(context: CheckContext): Problem[] {
  const { mirrors, registries } = context.inventory
  const asked = context.document.written(['mirrors', 'packages', 'os']) === 'true'
  const noPreset = asked && Object.keys(mirrors.packages.os).length === 0
  const message = 'mirrors.packages.os: true takes what a preset has, and there is no preset'
  const hint = 'add preset: aliyun, or name the mirrors: os: { debian: URL }'
  return [
    ...(noPreset ? [problemAt(context, ['mirrors', 'packages', 'os'], message, hint)] : []),
    ...registries.private.flatMap((one, index) => {
      const first = registries.private.findIndex((other) => other.host === one.host)
      if (first === index) return []
      const twice = `registries.private[${index}] is ${one.host} again`
      return [problemAt(context, ['registries', 'private', index, 'host'], twice, 'name a registry once')]
    }),
  ]
}

/** A password that anybody between can read. */
export function openLogins(context: CheckContext): Problem[] {
  return context.inventory.registries.private.flatMap((one, index) => {
    if (!one.insecure || one.username === undefined) return []
    const message = `the password for ${one.host} goes over plain HTTP at every pull`
    return [
      problemAt(context, ['registries', 'private', index], message, 'give the registry TLS and write its ca', 'key'),
    ]
  })
}
