# shellcheck shell=sh disable=SC2154 # what the prelude sets
# etcd's own programs, taken out of the image that the node has anyway: what is at hand when nothing else works any more.
# $P_STATE/etcd/{etcd,etcdctl,etcdutl}, and beside them the name of the image they are from.

etcd_tools=$P_STATE/etcd

# etcd_image REF: the image of the etcd that this node runs; where it runs none (yet), REF.
etcd_image() {
  i_running=$(sed -n 's/^ *image: *//p' /etc/kubernetes/manifests/etcd.yaml 2>/dev/null | head -n 1)
  printf '%s\n' "${i_running:-$1}"
}

# etcd_tools_are REF: they are there, and of the image that the node runs.
etcd_tools_are() {
  for t_tool in etcd etcdctl etcdutl; do [ -x "$etcd_tools/$t_tool" ] || return 1; done
  [ "$(cat "$etcd_tools/image" 2>/dev/null)" = "$(etcd_image "$1")" ]
}

# take_etcd_tools containerd|docker REF: the name is written last, so that whoever comes after a killed one begins again.
take_etcd_tools() {
  t_ref=$(etcd_image "$2")
  mkdir -p "$etcd_tools" && chmod 700 "$etcd_tools" && rm -f "$etcd_tools/image" || return 1
  if [ "$1" = docker ]; then tools_of_docker "$t_ref"; else tools_of_containerd "$t_ref"; fi || return 1
  for t_tool in etcd etcdctl etcdutl; do
    chmod 700 "$etcd_tools/$t_tool.new" && chown root:root "$etcd_tools/$t_tool.new" && to_disk "$etcd_tools/$t_tool.new" &&
      mv -f "$etcd_tools/$t_tool.new" "$etcd_tools/$t_tool" || return 1
  done
  "$etcd_tools/etcdutl" version >&2 || return 1
  printf '%s\n' "$t_ref" >"$P_RUN/etcd-image" && put_note "$etcd_tools/image" <"$P_RUN/etcd-image"
}

tools_of_containerd() {
  t_mounted=$etcd_tools/.image
  mkdir -p "$t_mounted" || return 1
  # One that was killed left its mount, and a snapshot of that name.
  ctr -n k8s.io images unmount --rm "$t_mounted" >/dev/null 2>&1 || :
  ctr -n k8s.io images mount "$1" "$t_mounted" >/dev/null || return 1
  for t_tool in etcd etcdctl etcdutl; do copy_tool "$t_tool" || return 1; done
  ctr -n k8s.io images unmount --rm "$t_mounted" >/dev/null && rmdir "$t_mounted"
}
copy_tool() {
  if [ ! -f "$t_mounted/usr/local/bin/$1" ]; then
    say "the image of etcd holds no /usr/local/bin/$1"
    ctr -n k8s.io images unmount --rm "$t_mounted" >/dev/null || :
    return 1
  fi
  cp "$t_mounted/usr/local/bin/$1" "$etcd_tools/$1.new"
}

tools_of_docker() {
  docker rm -f provision-etcd-tools >/dev/null 2>&1 || :
  docker create --name provision-etcd-tools "$1" >/dev/null || return 1
  for t_tool in etcd etcdctl etcdutl; do
    docker cp -q -L "provision-etcd-tools:/usr/local/bin/$t_tool" "$etcd_tools/$t_tool.new" >/dev/null || return 1
  done
  docker rm -f provision-etcd-tools >/dev/null
}
