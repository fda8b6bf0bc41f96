#!/bin/sh
# What a control plane has to say about backups: lines `etcd JSON`, `archive SIZE NAME`, `timer RESULT WHEN`.
state=/var/lib/provision
pki=/etc/kubernetes/pki/etcd

if [ -x "$state/etcd/etcdctl" ]; then
  status=$("$state/etcd/etcdctl" --endpoints=https://127.0.0.1:2379 --cacert=$pki/ca.crt --cert=$pki/healthcheck-client.crt \
    --key=$pki/healthcheck-client.key --command-timeout=10s endpoint status -w json 2>/dev/null)
  [ -z "$status" ] || printf 'etcd %s\n' "$status"
elif [ -e /etc/kubernetes/manifests/etcd.yaml ]; then
  printf 'etcd\n'
fi
for archive in "$state"/backups/*.tar.age; do
  [ -e "$archive" ] || continue
  printf 'archive %s %s\n' "$(stat -c %s "$archive")" "${archive##*/}"
  [ ! -e "$archive.json" ] || tr -d '\n' <"$archive.json" | sed "s/^/manifest ${archive##*/} /; s/\$/\\n/"
done
[ ! -e "$state/backups/last" ] || printf 'timer %s\n' "$(head -n 1 "$state/backups/last")"
