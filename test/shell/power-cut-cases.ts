import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { PowerCut } from './power-cut.ts'

const lasting = ['ca', 'front-proxy-ca', 'etcd/ca']
  .flatMap((name) => [`${name}.crt`, `${name}.key`])
  .concat('sa.pub', 'sa.key')

/** A control plane that is broken, and an archive that has been brought to it. */
const setup = `
mkdir -p /etc/kubernetes/manifests /etc/kubernetes/pki/etcd /etc/systemd/system/multi-user.target.wants \\
  /var/lib/kubelet/pki /var/lib/etcd/member/snap /var/lib/provision/etcd
: >/etc/systemd/system/multi-user.target.wants/kubelet.service
for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do echo "old $name" >/etc/kubernetes/manifests/$name.yaml; done
for name in ${lasting.join(' ')}; do echo "old $name" >"/etc/kubernetes/pki/$name"; done
echo 'old admin' >/etc/kubernetes/admin.conf
echo 'old identity' >/var/lib/kubelet/pki/kubelet-client-current.pem
echo 'old data' >/var/lib/etcd/member/snap/db

stage=$P_RUN/stage
mkdir -p "$stage/kubernetes/pki/etcd"
for name in ${lasting.join(' ')}; do echo "archived $name" >"$stage/kubernetes/pki/$name"; done
echo 'archived policy' >"$stage/kubernetes/audit-policy.yaml"
echo 'archived data' >"$stage/etcd.snapshot"
printf 'networking: { podSubnet: "10.244.0.0/16" }\\n' >"$stage/kubeadm-config.yaml"
(cd "$stage" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >"$P_RUN/sums" && mv "$P_RUN/sums" SHA256SUMS)
mkdir -p "$P_STATE/restore/r1"
tar -cf "$P_STATE/restore/r1/archive.tar" -C "$stage" .

cat >"$P_STATE/etcd/etcdutl" <<'P_END'
#!/bin/sh
case "$*" in
'snapshot status '*) echo '{"hash":1,"revision":5,"totalKey":1}' ;;
'snapshot restore '*)
  mkdir -p "$5/member/snap" "$5/member/wal"
  cat "$3" >"$5/member/snap/db"
  echo log >"$5/member/wal/0.wal"
  ;;
esac
P_END
printf '#!/bin/sh\\nexec sleep 60\\n' >"$P_STATE/etcd/etcd"
printf '#!/bin/sh\\ncase "$*" in *keys-only*) echo /registry/namespaces/default ;; esac\\n' >"$P_STATE/etcd/etcdctl"
chmod +x "$P_STATE"/etcd/*`

const fakes = {
  systemctl: `
wanted=/etc/systemd/system/multi-user.target.wants/kubelet.service
case "$*" in
*is-enabled*) if [ -e $wanted ]; then echo enabled; else echo disabled; exit 1; fi ;;
*disable*) rm -f $wanted ;;
*enable*) : >$wanted ;;
esac`,
  ctr: ':',
  df: 'echo; echo disk 1 1 1000000 1% /',
  kubeadm: `
[ "$1 $2 $3 $4" = 'init phase etcd local' ] || exit 1
mkdir -p /etc/kubernetes/manifests
echo '    - --initial-cluster=cp1=https://10.0.0.11:2380' >/etc/kubernetes/manifests/etcd.yaml`,
}

/** Shell that says what of before is nowhere. */
const nothingLost = `
cat /var/lib/etcd/member/snap/db /var/lib/etcd/saved-*/member*/snap/db 2>/dev/null | grep -qx 'old data' || echo 'the data of before is lost'
for name in pki/ca.key pki/sa.key manifests/etcd.yaml admin.conf; do
  cat "/etc/kubernetes/$name" /var/lib/provision/saved/r1/*/"$name" 2>/dev/null | grep -q ^old || echo "$name of before is lost"
done
cat /var/lib/kubelet/pki/* /var/lib/provision/saved/r1/*/kubelet-client-current.pem 2>/dev/null | grep -q ^old || echo 'the identity of the kubelet is lost'`

const cut = `
${nothingLost}
if [ -e /etc/kubernetes/manifests/etcd.yaml ] && [ ! -e /var/lib/etcd/member ]; then echo 'a kubelet that starts begins an empty etcd'; fi
if [ -e /etc/systemd/system/multi-user.target.wants/kubelet.service ]; then
  grep -qsx 'old etcd' /etc/kubernetes/manifests/etcd.yaml && grep -qsx 'old data' /var/lib/etcd/member/snap/db ||
    echo 'the kubelet starts at boot, and not all is there that was'
fi`

const end = `
${nothingLost}
[ "$(cat /var/lib/etcd/member/snap/db)" = 'archived data' ] || echo 'the data of the archive is not in its place'
[ "$(cat /etc/kubernetes/pki/etcd/ca.key)" = 'archived etcd/ca.key' ] || echo 'the keys of the archive are not in their place'
[ "$(cat /etc/kubernetes/audit-policy.yaml)" = 'archived policy' ] || echo 'what the operator had put there is not back'
[ ! -e /etc/kubernetes/manifests/etcd.yaml ] || echo 'a manifest of before is there'`

const restore: PowerCut = {
  setup,
  deeds: [['etcdRestore', { id: 'r1', store: 'containerd', config: 'kubernetes/kubeadm-init.yaml.ejs' }]],
  cut,
  end,
  fakes,
  rendered: 'networking: { podSubnet: "10.244.0.0/16" }\n',
}

/** The only copy of a manifest is never on no disk, and no etcd begins anew. */
const components = ['etcd', 'kube-apiserver']

/** The arguments of a task of a playbook that is told which rebuild it is. */
function argumentsIn(playbook: string, word: string): object {
  const text = readFileSync(new URL(`../../playbooks/${playbook}`, import.meta.url), 'utf8')
  const tasks = parse(text.replaceAll('$' + '{vars.rebuild}', 'r1')).phases[0].tasks as Record<string, object>[]
  return tasks.find((task) => word in task)?.[word] ?? {}
}

const rebuild: PowerCut = {
  setup: `
mkdir -p /etc/kubernetes/manifests /etc/kubernetes/pki /var/lib/etcd/member/snap
for name in ${components.join(' ')}; do echo "old $name" >/etc/kubernetes/manifests/$name.yaml; done
echo 'old key' >/etc/kubernetes/pki/ca.key
echo 'old data' >/var/lib/etcd/member/snap/db
# A copy that another attempt of the same name has made, of what is no longer there.
mkdir -p /var/lib/provision-saved-r1/member/snap
echo 'older data' >/var/lib/provision-saved-r1/member/snap/db`,
  deeds: [
    ['stopControlPlane', { id: 'r1', etcd: true }],
    ['command', argumentsIn('rebuild/displace.yaml', 'command')],
    ['stopControlPlane', { id: 'r1', resume: true }],
  ],
  cut: `
for name in ${components.join(' ')}; do
  cat /etc/kubernetes/manifests/$name.yaml /var/lib/provision/rebuild/r1/manifests/$name.yaml 2>/dev/null | grep -q ^old || echo "the manifest of $name is lost"
done`,
  end: `
for name in ${components.join(' ')}; do
  [ "$(cat /etc/kubernetes/manifests/$name.yaml)" = "old $name" ] || echo "the manifest of $name is not back"
done
[ "$(cat /var/lib/provision-saved-r1/member/snap/db)" = 'older data' ] || echo 'the older copy is lost'
[ "$(cat /var/lib/provision-saved-r1.2/member/snap/db)" = 'old data' ] || echo 'there is no copy of the data'
[ ! -e /var/lib/provision-saved-r1.3 ] || echo 'there are two copies of the same'`,
  fakes: {},
}

const ledger = '/var/lib/provision/ledger'
const reset: PowerCut = {
  setup: `
shared_paths='' # which are on none of the three disks
echo theirs >/etc/theirs.conf
ledger package-set all
take_baseline
ledger kubernetes init
for name in theirs ours; do
  ledger_file /etc/$name.conf
  put_text /etc/$name.conf 644 root root ours
done
mkdir -p /etc/kubernetes/manifests /var/lib/etcd/member/snap /var/lib/kubelet
echo ours >/etc/kubernetes/kubelet.conf
for name in ${components.join(' ')}; do echo "our $name" >/etc/kubernetes/manifests/$name.yaml; done
echo data >/var/lib/etcd/member/snap/db
echo ours >/var/lib/kubelet/config.yaml`,
  deeds: [
    ['reset', { part: 'files' }],
    ['reset', { part: 'ledger' }],
    ['reset', { part: 'packages', packages: true }],
    ['reset', { part: 'state' }],
  ],
  cut: `
if [ -e /etc/kubernetes/manifests/etcd.yaml ] && [ ! -e /var/lib/etcd/member ]; then echo 'a kubelet that starts begins an empty etcd'; fi
if [ -e /etc/kubernetes/kubelet.conf ]; then
  [ -e ${ledger}/baseline/system ] && [ -e ${ledger}/kubernetes/init ] || echo 'nobody knows that we made this a node'
fi
[ "$(cat /etc/theirs.conf)" = theirs ] || [ -e ${ledger}/file/%2Fetc%2Ftheirs.conf ] || echo 'nobody knows what was in theirs.conf'
[ ! -e /etc/ours.conf ] || [ -e ${ledger}/file/%2Fetc%2Fours.conf ] || echo 'nobody knows that ours.conf is ours'`,
  end: `
[ "$(cat /etc/theirs.conf)" = theirs ] || echo 'theirs.conf is not back'
for path in /etc/ours.conf /etc/kubernetes /var/lib/etcd/member /var/lib/kubelet /var/lib/provision; do
  [ ! -e "$path" ] || echo "$path is left: $(find "$path" | tr '\n' ' ')"
done`,
  fakes: { systemctl: ':', 'dpkg-query': ':', 'apt-mark': ':', 'apt-get': ':', dpkg: ':' },
  libraries: ['reset'],
}

/** What the power is cut in. */
export const powerCuts: readonly { readonly name: string; readonly given: PowerCut }[] = [
  { name: 'a restore goes on after a power cut at any step, and nothing is lost', given: restore },
  { name: 'a rebuild that is cut off anywhere loses no manifest and no data', given: rebuild },
  { name: 'a reset that is cut off anywhere goes on until nothing is left', given: reset },
]
