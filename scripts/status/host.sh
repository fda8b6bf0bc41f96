# What `provision status` asks every host: one fact a line, its fields separated by tabs. Changes nothing, and whatever may
# hang has a deadline. $1: this host's clock minus the operator's, in milliseconds.

tell() {
  printf '%s' "$1"
  shift
  for field; do printf '\t%s' "$field"; done
  printf '\n'
}

read -r up _ </proc/uptime
tell clock "${1:-0}"
tell uptime "${up%.*}"
read -r load _ </proc/loadavg
tell load "$load" "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)"
while read -r key value _; do
  case $key in MemTotal: | MemAvailable:) tell memory "${key%:}" "$value" ;; esac
done </proc/meminfo

# --- disks: only what the node writes to -----------------------------------------------------------
set --
for path in / /var /var/log /var/lib/kubelet /var/lib/containerd /var/lib/docker /var/lib/etcd; do
  [ ! -d "$path" ] || set -- "$@" "$path"
done
timeout 5 df -Pk "$@" 2>/dev/null | sort -u | while read -r _ size _ free percent mount; do
  case $size in '' | *[!0-9]*) continue ;; esac
  tell disk "$mount" "$size" "$free" "${percent%\%}"
done
timeout 5 df -Pi "$@" 2>/dev/null | sort -u | while read -r _ _ _ _ percent mount; do
  case $percent in *[0-9]%) tell inodes "$mount" "${percent%\%}" ;; esac
done

# --- units -----------------------------------------------------------------------------------------
timeout 10 systemctl show --property=Id,LoadState,ActiveState,SubState,UnitFileState,NRestarts \
  kubelet.service containerd.service docker.service cri-docker.service cri-docker.socket chrony.service \
  chronyd.service systemd-timesyncd.service 2>/dev/null | {
  id='' load='' active='' sub='' file='' restarts=''
  while IFS='=' read -r key value || [ -n "$id" ]; do
    case $key in
    Id) id=$value ;;
    LoadState) load=$value ;;
    ActiveState) active=$value ;;
    SubState) sub=$value ;;
    UnitFileState) file=$value ;;
    NRestarts) restarts=$value ;;
    '')
      [ -z "$id" ] || [ "$load" = not-found ] || {
        tell unit "$id" "$load" "$active" "$sub" "$file" "${restarts:-0}"
        [ "$active" = active ] || case $id in
        kubelet.service | containerd.service | docker.service)
          timeout 5 journalctl --no-pager -q -o cat -n 3 "_SYSTEMD_UNIT=$id" 2>/dev/null | cut -c 1-300 |
            while IFS= read -r line; do tell unit-log "$id" "$line"; done
          ;;
        esac
      }
      id='' load='' active='' sub='' file='' restarts=''
      ;;
    esac
  done
}

# --- what is waiting ---------------------------------------------------------------------------------
for mark in "${P_PENDING:-/run/provision/pending}"/*; do [ ! -e "$mark" ] || tell owed "${mark##*/}"; done
for begun in /var/lib/provision/kubeadm-*.begun; do
  [ -e "$begun" ] || continue
  begun=${begun##*/kubeadm-}
  tell begun "${begun%.begun}"
done
[ ! -e /run/reboot-required ] || tell reboot-required
# Who is provisioning it at this moment: the lock is the kernel's, so a lock that can be had is nobody's.
if [ -e /run/provision/session.lock ] && ! flock -n /run/provision/session.lock true 2>/dev/null; then
  read -r owner _ </run/provision/owner && tell held "$owner"
fi
[ ! -r /var/lib/provision/kubernetes-version ] || tell made "$(head -n 1 /var/lib/provision/kubernetes-version)"
[ -e /etc/kubernetes/kubelet.conf ] || tell no-node

# --- signing keys of package repositories: what was noted of each, unless somebody has replaced it since -----------
for noted in /var/lib/provision/signing-keys/*; do
  [ -r "$noted" ] || continue
  read -r _ end _ <"$noted"
  name=${noted##*/}
  for key in "/etc/apt/keyrings/$name.asc" "/etc/apt/keyrings/$name.gpg" "/etc/pki/rpm-gpg/provision-$name.asc"; do
    # shellcheck disable=SC3013 # dash and busybox have -nt
    if [ -e "$key" ] && ! [ "$key" -nt "$noted" ]; then tell signing-key "$name" "$end"; fi
  done
done

# --- what the timer of backups has made here ------------------------------------------------------------
for archive in /var/lib/provision/backups/*.tar.age; do
  [ ! -e "$archive" ] || tell backup "${archive##*/}" "$(stat -c %s "$archive")"
done
[ ! -r /var/lib/provision/backups/last ] || tell backup-timer "$(head -n 1 /var/lib/provision/backups/last)"
exit 0
