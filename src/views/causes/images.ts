import type { Cause } from './cause.ts'

/** Pulling images, by containerd, Docker or the kubelet. */
export const images: readonly Cause[] = [
  {
    cause: /(?<!\/cri\/[^\n]{0,600})server gave HTTP response to HTTPS client/,
    hint: 'the registry speaks plain HTTP: name its mirror as `http://…`, or mark the registry `insecure: true`',
  },
  {
    cause: /toomanyrequests|429 Too Many Requests/i,
    hint: 'the registry limits how much is pulled from it: name a mirror under `mirrors.registries`',
  },
  {
    cause: /no match for platform in manifest|no matching manifest for \S{1,100}/,
    hint: 'there is no such image for the host’s processor (`uname -m`): name another image or tag, or a mirror that has all architectures',
  },
  {
    cause:
      /pull access denied|requested access to the resource is denied|insufficient_scope|401 Unauthorized|authorization failed|no basic auth credentials|403 Forbidden[^\n]{0,300}(?:manifest|blob)|(?:manifest|blob|token)[^\n]{0,300}403 Forbidden/,
    hint: 'the registry refuses to hand out the image without a login: check its name, and the credentials if it is private',
  },
  {
    cause:
      /(?:failed to pull (?:and unpack )?image|ErrImagePull|ImagePullBackOff|failed to resolve (?:reference|image)|failed pulling image|Error response from daemon)[^\n]{0,600}(?:not found|manifest unknown)/i,
    hint: 'the registry has no such image: check the version, and that the mirror under `mirrors.registries` is complete',
  },
  {
    cause:
      /unexpected commit digest|failed size validation|short read: expected|failed commit on ref|httpReadSeeker: failed open[^\n]{0,300}EOF|unexpected EOF/,
    hint: 'an image arrived broken or not whole: run again; where it stays so, a proxy or mirror serves wrong data: choose another under `mirrors.registries`',
  },
]
