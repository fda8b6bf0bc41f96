import { expect, test } from 'vitest'
import { cutEverywhere, patience } from './power-cut.ts'

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

test('a restore goes on after a power cut at any step, and nothing is lost', { timeout: patience }, () => {
  const { wrong, cuts } = cutEverywhere({
    setup,
    deeds: [['etcdRestore', { id: 'r1', store: 'containerd', config: 'kubernetes/kubeadm-init.yaml.ejs' }]],
    cut,
    end,
    fakes,
    rendered: 'networking: { podSubnet: "10.244.0.0/16" }\n',
  })
  expect(wrong).toEqual([])
  expect(cuts).toBeGreaterThan(30)
})
