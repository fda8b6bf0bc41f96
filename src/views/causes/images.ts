import type { Cause } from './cause.ts'

/** Pulling images, by containerd, Docker or the kubelet. */
export const images: readonly Cause[] = [
  {
    cause: /(?<!\/cri\/[^\n]{0,600})server gave HTTP response to HTTPS client/,
    hint: 'the registry speaks plain HTTP: name its mirror as `http://…`, or mark the registry `insecure: true`',
  },
  {
    cause: /toomanyrequests|429 Too Many Requests/i,
    hint: 'the registry limits the rate of pulls: set a mirror under `mirrors.registries`',
  },
  {
    cause: /no match for platform in manifest|no matching manifest for \S{1,100}/,
    hint: 'the image does not exist for the host’s processor (`uname -m`): set another image or tag, or a mirror that has all architectures',
  },
  {
    cause:
      /pull access denied|requested access to the resource is denied|insufficient_scope|401 Unauthorized|authorization failed|no basic auth credentials|403 Forbidden[^\n]{0,300}(?:manifest|blob)|(?:manifest|blob|token)[^\n]{0,300}403 Forbidden/,
    hint: 'the registry requires a login for the image: check its name, and the credentials if the registry is private',
  },
  {
    cause:
      /(?:failed to pull (?:and unpack )?image|ErrImagePull|ImagePullBackOff|failed to resolve (?:reference|image)|failed pulling image|Error response from daemon)[^\n]{0,600}(?:not found|manifest unknown)/i,
    hint: 'the registry has no such image: check the version, and that the mirror under `mirrors.registries` is complete',
  },
  {
    cause:
      /unexpected commit digest|failed size validation|short read: expected|failed commit on ref|httpReadSeeker: failed open[^\n]{0,300}EOF|unexpected EOF/,
    hint: 'an image arrived damaged or incomplete: run again; if it fails again, a proxy or mirror serves wrong data: choose another under `mirrors.registries`',
  },
]
