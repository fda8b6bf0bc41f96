import { type Catalogue, minorOf } from '../../catalogue/catalogue.ts'

/** Why this release does not install a Kubernetes version; undefined when it does. */
export function versionProblem(version: string, catalogue: Catalogue): { message: string; hint: string } | undefined {
  const { minors, ended, oldestV1beta4 } = catalogue.kubernetes
  const minor = minorOf(version)
  if (minors[minor] !== undefined) return undefined
  const known = Object.keys(minors)
  const hint = `write one of ${Object.values(minors)
    .map((one) => one.newest)
    .join(', ')}`
  const number = Number(minor.split('.')[1])
  const message = `Kubernetes ${version} is not`
  if (isNewer(minor, known))
    return { message: `${message} supported by this release`, hint: `${hint}, or use a newer release of provision` }
  const end = ended[minor]
  const reason =
    number < oldestV1beta4
      ? `its kubeadm does not support v1beta4 configuration (1.${oldestV1beta4} and newer)`
      : end === undefined
        ? 'it is past its end of life'
        : `end of life since ${end}`
  return { message: `${message} supported: ${reason}`, hint }
}

function isNewer(minor: string, known: readonly string[]): boolean {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 10000 + Number(part), 0)
  return number(minor) > Math.max(...known.map(number))
}
