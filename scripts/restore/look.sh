# What of a cluster a control plane has, before anything is put in its place. One fact a line, its fields separated by tabs;
# read by src/operations/restore.ts.
if [ -e /etc/kubernetes/admin.conf ] && command -v kubectl >/dev/null &&
  [ "$(timeout 15 kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s get --raw /readyz 2>/dev/null)" = ok ]; then
  printf 'alive\n'
fi
if [ -d /var/lib/etcd/member ]; then
  printf 'data\t%s\n' "$(du -sh /var/lib/etcd/member 2>/dev/null | cut -f 1)"
fi
