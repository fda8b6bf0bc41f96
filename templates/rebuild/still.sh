# shellcheck shell=sh disable=SC2154 # what the prelude sets
# Parts of a control plane brought to a standstill, and back; part of a program. Works without a container runtime and without
# a kubelet, since either may be what is broken: a static pod whose manifest is gone is not started again, and a process
# can always be ended. Manifests wait in $P_STATE/rebuild/ID/manifests.

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
  mkdir -p "$s_place"
  chmod 700 "$P_STATE/rebuild" "${s_place%/*}"
  for s_component in "$@"; do
    s_manifest=/etc/kubernetes/manifests/$s_component.yaml
    if [ -e "$s_manifest" ]; then
      cp -p "$s_manifest" "$s_place/.$s_component.yaml"
      sync "$s_place/.$s_component.yaml"
      mv "$s_place/.$s_component.yaml" "$s_place/$s_component.yaml"
      rm -f "$s_manifest"
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
    say "$s_component stands still"
  done
}

# put_in_motion ID: what was brought to a standstill is the kubelet's again.
put_in_motion() {
  for s_manifest in "$P_STATE/rebuild/$1/manifests"/*.yaml; do
    [ -e "$s_manifest" ] || continue
    s_target=/etc/kubernetes/manifests/${s_manifest##*/}
    if [ ! -e "$s_target" ]; then
      cp -p "$s_manifest" "/etc/kubernetes/.${s_manifest##*/}.provision"
      sync "/etc/kubernetes/.${s_manifest##*/}.provision"
      mv "/etc/kubernetes/.${s_manifest##*/}.provision" "$s_target"
    fi
    rm -f "$s_manifest"
  done
}
