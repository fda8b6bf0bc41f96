# shellcheck shell=sh disable=SC2154 # what the prelude sets
# Parts of a control plane brought to a standstill, and back; part of a program. Works without a container runtime and without
# a kubelet, since either may be what is broken: a static pod whose manifest is gone is not started again, and a process
# can always be ended. Manifests wait in $P_STATE/rebuild/ID/manifests, on disk before they are gone from /etc, and go from
# there only when they are back on that disk; of two that differ both are kept, the older as NAME.yaml.2 and so on.

# processes COMPONENT: ids of its processes. Only etcd of Kubernetes' own data, and only an API server with an etcd.
processes() {
  case $1 in
  etcd) s_argument=--data-dir=/var/lib/etcd ;;
  kube-apiserver) s_argument=--etcd-servers= ;;
  *) return 0 ;;
  esac
  for s_directory in /proc/[0-9]*; do
    read -r s_name 2>/dev/null <"$s_directory/comm" || continue
    [ "$s_name" = "$1" ] || continue
    if tr '\0' '\n' 2>/dev/null <"$s_directory/cmdline" | grep -qe "^$s_argument"; then printf '%s\n' "${s_directory#/proc/}"; fi
  done
}

# still COMPONENT: status 0 where it neither runs nor would be started.
still() {
  [ ! -e "/etc/kubernetes/manifests/$1.yaml" ] || return 1
  [ -z "$(processes "$1")" ]
}

# bring_to_still ID COMPONENT...: in the order given.
bring_to_still() {
  s_place=$P_STATE/rebuild/$1/manifests
  shift
  mkdir -p "$s_place" && chmod 700 "$P_STATE/rebuild" "${s_place%/*}" || return 1
  for s_component in "$@"; do
    s_manifest=/etc/kubernetes/manifests/$s_component.yaml
    if [ -e "$s_manifest" ]; then
      keep_other "$s_place/$s_component.yaml" "$s_manifest" || return 1
      cp -p "$s_manifest" "$s_place/.$s_component.yaml" && to_disk "$s_place/.$s_component.yaml" &&
        mv "$s_place/.$s_component.yaml" "$s_place/$s_component.yaml" && settled "$s_place" || return 1
      rm -f "$s_manifest" && settled /etc/kubernetes/manifests || return 1
    fi
    s_left=60
    while :; do
      s_running=$(processes "$s_component")
      [ -n "$s_running" ] || break
      if [ "$s_left" -le 0 ]; then
        say "$s_component does not end"
        return 1
      fi
      s_signal=TERM
      [ "$s_left" -gt 20 ] || s_signal=KILL
      # shellcheck disable=SC2086 # process ids
      kill "-$s_signal" $s_running 2>/dev/null || :
      s_left=$((s_left - 1))
      sleep 0.5
    done
    say "$s_component is stopped"
  done
}

# keep_other KEPT MANIFEST: what is kept under that name stays beside what comes, where that is another.
keep_other() {
  if [ ! -e "$1" ] || cmp -s "$1" "$2"; then return 0; fi
  free_name "$1"
  mv "$1" "$R"
}

# put_in_motion ID: what was brought to a standstill is the kubelet's again, unless another has been put there since.
put_in_motion() {
  for s_manifest in "$P_STATE/rebuild/$1/manifests"/*.yaml; do
    [ -e "$s_manifest" ] || continue
    s_target=/etc/kubernetes/manifests/${s_manifest##*/}
    s_new=/etc/kubernetes/.${s_manifest##*/}.provision
    if [ ! -e "$s_target" ]; then
      cp -p "$s_manifest" "$s_new" && to_disk "$s_new" && mv "$s_new" "$s_target" || return 1
    elif ! cmp -s "$s_manifest" "$s_target"; then
      free_name "$s_manifest"
      mv "$s_manifest" "$R" || return 1
      note "$s_target was put there since; as it was before: $R"
      continue
    fi
    settled /etc/kubernetes/manifests && rm -f "$s_manifest" || return 1
  done
}
