import type { Lab } from './model.ts'

/** Where hosts find Kubernetes' package repositories: what pkgs.k8s.io is elsewhere. */
export function packagesUrl(lab: Lab): string {
  return `http://${lab.upstream.address}/kubernetes`
}

/** The registry that mirrors registry.k8s.io and docker.io. */
export function registryUrl(lab: Lab): string {
  return `http://${lab.upstream.address}:5000`
}

/** The apt sources of a host: this machine's own mirror, through the upstream's cache. */
export function aptSources(lab: Lab, mirror: string, suite: string): string {
  const path = mirror.replace(/^http:\/\//, '').replace(/^https:\/\//, 'HTTPS///')
  return `deb http://${lab.upstream.address}:3142/${path} ${suite} main\n`
}
