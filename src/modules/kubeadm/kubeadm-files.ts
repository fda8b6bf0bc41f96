import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** Whole files that kubeadm writes once and nobody else should: what a node's static pods and its kubelet are made of. */
const files = [
  '/etc/kubernetes/manifests/kube-apiserver.yaml',
  '/etc/kubernetes/manifests/kube-controller-manager.yaml',
  '/etc/kubernetes/manifests/kube-scheduler.yaml',
  '/etc/kubernetes/manifests/etcd.yaml',
  '/var/lib/kubelet/config.yaml',
  '/var/lib/kubelet/instance-config.yaml',
  '/var/lib/kubelet/kubeadm-flags.env',
]

/** Copies of them, for their owner alone: a manifest's command line can name what is nobody's business. */
const kept = '/var/lib/provision/kubeadm-files'

const manifests = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
} as const

/**
 * kubeadm's files are kubeadm's: they are told of, never put back. Copies are taken when kubeadm has ended; a file that
 * differs from its copy was changed by hand (or by an upgrade, which makes the copies anew), and so was one that lacks an
 * argument which the inventory gives its component.
 */
export const kubeadmFiles = defineModule({
  name: 'kubeadmFiles',
  summary:
    'Tells where static pods or the kubelet are not as kubeadm made them, or lack an argument of the inventory. Changes none of them.',
  schema: z.strictObject({
    arguments: z
      .record(z.enum(['apiServer', 'controllerManager', 'scheduler']), z.record(z.string(), z.string()))
      .describe('extraArgs of the inventory, by component'),
    address: z.string().default('').describe('What a control plane is to advertise; empty where any address will do'),
  }),
  compile(args) {
    const wanted = Object.entries(args.arguments).flatMap(([component, given]) =>
      Object.entries(given).map(([name, value]) => {
        const manifest = `/etc/kubernetes/manifests/${manifests[component as keyof typeof manifests]}.yaml`
        return sh`lacks ${manifest} ${`--${name}=${value}`} ${`kubernetes.${component}.extraArgs`}`
      }),
    )
    const advertised = sh`
      manifest=/etc/kubernetes/manifests/kube-apiserver.yaml wanted=${args.address}
      advertised=$(sed -n 's/^ *- --advertise-address=//p' "$manifest" 2>/dev/null)
      case $advertised in
      '' | "$wanted") ;;
      *) note "this control plane advertises $advertised, and the inventory gives it $wanted: a node cannot change its address. Write node: { address: $advertised } into the inventory, or remove the node and add it again" ;;
      esac`
    const paths = raw(files.join(' '))
    return {
      check: lines(
        sh`
          kept=${kept}
          # named FILE: of lines of a file that others may not read, no more than what they set. Reads stdin.
          named() { if open_file "$1"; then cat; else sed 's/\\([^ ][=:]\\).*/\\1/'; fi; }
          # lacks MANIFEST ARGUMENT SETTING: as kubeadm writes it, or quoted as YAML may want it.
          lacks() {
            [ -e "$1" ] || return 0
            quoted=$(printf '%s' "$2" | sed "s/'/''/g")
            grep -Fxq -e "    - $2" -e "    - '$quoted'" -e "    - \\"$2\\"" "$1" ||
              note "$3 says $2, and $1 does not: kubeadm is given arguments when it makes a control plane; change that file by hand, on one control plane after the other, and ConfigMap kubeadm-config in kube-system"
          }
          # Made anew after kubeadm: its last act is to note its version.
          [ -d "$kept" ] && [ -z "$(find /var/lib/provision/kubernetes-version -newer "$kept" 2>/dev/null)" ] || exit 1
          for file in ${paths}; do
            copy=$kept/\${file##*/}
            if [ -e "$file" ] && [ ! -e "$copy" ]; then
              note "$file was not there when kubeadm had ended; to accept it, remove $kept"
            elif [ -e "$copy" ] && [ ! -e "$file" ]; then
              note "$file is gone; a copy is at $copy"
            elif [ -e "$copy" ] && ! cmp -s "$copy" "$file"; then
              changes=$(diff "$copy" "$file" | sed -n 's/^\\([<>]\\) */\\1 /p' | named "$file" | head -n 4 | cut -c 1-120 | tr '\\n' ';')
              note "$file was changed since kubeadm wrote it ($changes): it is not put back; as it was: $copy; to accept it, remove $kept"
            fi
          done`,
        ...(args.address === '' ? [] : [advertised]),
        ...wanted,
      ),
      apply: sh`
        kept=${kept}
        rm -rf "$kept.new"
        mkdir -m 700 "$kept.new"
        for file in ${paths}; do
          [ ! -e "$file" ] || cp -p "$file" "$kept.new/\${file##*/}"
        done
        settled "$kept.new"
        rm -rf "$kept"
        mv -T "$kept.new" "$kept"`,
    }
  },
})
