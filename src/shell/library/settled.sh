# shellcheck shell=sh
# --- what is on disk --------------------------------------------------------------

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
