# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- what is on disk --------------------------------------------------------------

# to_disk PATH...: each of them, and no other. To the sync of uutils, which Ubuntu has since 25.10, a path means everything on
# all disks, if it is not told -d; and then a path is a directory too (src/uu/sync/src/sync.rs, 0.8.0).
to_disk() {
  if [ ! -e "$P_RUN/sync" ]; then
    # 0.0.30, of Debian 13, does not say whose it is; busybox says nothing at all.
    case $(sync --version 2>/dev/null) in '' | *GNU*) t_how='' ;; *) t_how=-d ;; esac
    printf '%s\n' "$t_how" >"$P_RUN/sync" || return 1
  fi
  read -r t_how <"$P_RUN/sync" || :
  sync ${t_how:+"$t_how"} "$@"
}

# settled PATH...: all that has been written, renamed and removed so far on the disks of these is written down there; of a path
# that is not there, on its directory's. Stands between a change and whatever forgets or destroys what would undo it: /etc, /var
# and etcd's data may be three disks, and each writes down what it has in its own time.
settled() {
  for y_path in "$@"; do
    while [ ! -d "$y_path" ]; do
      y_path=${y_path%/*}
      y_path=${y_path:-/}
    done
    sync -f "$y_path" || return 1
  done
}
