import { z } from 'zod'
import { lines, raw, sh } from '../shell/quote.ts'
import { defineModule } from './module.ts'

/** Where containerd and Docker look for what there is to know of a registry, as names of the ledger. */
const places = ['%2Fetc%2Fcontainerd%2Fcerts.d%2F', '%2Fetc%2Fdocker%2Fcerts.d%2F']

/** What we wrote of registries that are neither mirrored nor the site's own any more; what others wrote is left alone. */
export const removedRegistries = defineModule({
  name: 'removedRegistries',
  summary: 'Nothing of ours is left of registries that are no longer named.',
  schema: z.strictObject({
    keep: z.array(z.string()).describe('Registries that are named'),
  }),
  compile({ keep }) {
    const entries = places.map((place) => `"$P_STATE"/ledger/file/${place}*`).join(' ')
    const named = ` ${keep.join(' ')} `
    const list = sh`
      left() {
        named=${named}
        for entry in ${raw(entries)}; do
          [ -e "$entry/meta" ] || continue
          name=\${entry##*certs.d%2F}
          registry=\${name%%\\%2F*}
          case $named in *" $registry "*) continue ;; esac
          path=/etc/containerd/certs.d/$registry/\${name##*%2F}
          case $entry in *%2Fdocker%2F*) path=/etc/docker/\${path#/etc/containerd/} ;; esac
          if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\\n' "$path"; fi
        done
      }`
    return {
      check: lines(list, sh`[ -z "$(left)" ]`),
      apply: lines(
        list,
        sh`
        left | while read -r path; do
          say "removing $path"
          rm -f "$path"
          rmdir "\${path%/*}" 2>/dev/null || :
        done`,
      ),
      diff: lines(list, sh`left | sed 's/^/- /'`),
    }
  },
})
