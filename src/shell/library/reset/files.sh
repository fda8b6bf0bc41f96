# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: directories ---------------------------------------------------------------------

# our_paths: directories to clear of what was not in them before. Last the one by which a node is known: a reset that is
# cut short must find that there is still something to do.
our_paths() {
  # shellcheck disable=SC2086 # paths without blanks
  {
    printf '%s\n' $kubernetes_paths
    ! containerd_is_ours || printf '%s\n' $containerd_paths
    ! docker_is_ours || printf '%s\n' $docker_paths
    echo /etc/kubernetes
  }
}

# shellcheck disable=SC2046 # paths without blanks
list_directories() { ! concerned || list_files $(our_paths); }
# What would start an etcd, and begin it anew, is gone from its disk before the data is, which may have one of its own.
# shellcheck disable=SC2046 # paths without blanks
remove_directories() {
  for r_name in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    rm -f "/etc/kubernetes/manifests/$r_name.yaml" || return 1
  done
  settled /etc/kubernetes && remove_files $(our_paths) && settled $(our_paths) || return 1
  r_volumes=/opt/local-path-provisioner
  if [ -d "$r_volumes" ] && ! was_path "$r_volumes"; then
    reset_note "$r_volumes holds volumes of pods: left, since there is no other copy"
  fi
}

# list_files PATH...: "remove PATH" for each, or for what is in it where it was there itself; "mode" where that changed.
list_files() {
  for f_path in "$@"; do
    [ -e "$f_path" ] || [ -L "$f_path" ] || continue
    f_was=$(sed -nE "s|^path ([0-7]+ [0-9]+ [0-9]+) $f_path\$|\1|p" "$P_STATE/ledger/baseline/system/content" 2>/dev/null | head -n 1)
    if [ -z "$f_was" ] && ! is_mount "$f_path" && ! is_watched "$f_path"; then
      printf 'remove %s\n' "$f_path" || return 1
      continue
    fi
    for f_each in "$f_path"/* "$f_path"/.[!.]*; do
      [ -e "$f_each" ] || [ -L "$f_each" ] || continue
      was_path "$f_each" || is_watched "$f_each" || printf 'remove %s\n' "$f_each" || return 1
    done
    [ -z "$f_was" ] || [ "$(stat -c '%a %u %g' "$f_path")" = "$f_was" ] || printf 'mode %s %s\n' "$f_was" "$f_path" || return 1
  done
}

# is_watched PATH: a runtime that stays watches it for a network to come; it would never hear of a new one of that name.
is_watched() {
  case $1 in /etc/cni | /etc/cni/net.d) unit_runs containerd.service ;; *) return 1 ;; esac
}

is_mount() { grep -qsE "^[0-9]+ [0-9]+ [^ ]+ [^ ]+ $1 " /proc/self/mountinfo; }

was_path() { grep -qsE "^path [0-7]+ [0-9]+ [0-9]+ $(printf '%s' "$1" | sed 's/[].[*^$+?(){}|\\]/\\&/g')\$" "$P_STATE/ledger/baseline/system/content"; }

# remove_files PATH...: never through a mount, and never what somebody else has mounted there.
remove_files() {
  list_files "$@" >"$P_RUN/files" || return 1
  while read -r r_verb r_rest; do
    if [ "$r_verb" = mode ]; then
      # shellcheck disable=SC2086 # three words and a path without blanks
      set_mode $r_rest || return 1
      continue
    fi
    r_mounts=$(mounts_below "$r_rest")
    if [ -n "$r_mounts" ] || is_mount "$r_rest"; then
      say "$r_rest is a mount or has one below it, so it is not removed: ${r_mounts:-$r_rest}"
      return 1
    fi
    rm -rf --one-file-system -- "$r_rest" || return 1
  done <"$P_RUN/files"
  [ -e "$P_STATE/ledger/baseline/system/content" ] || return 0
  for r_parent in $shared_paths; do was_path "$r_parent" || rmdir "$r_parent" 2>/dev/null || :; done
}
