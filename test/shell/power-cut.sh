#!/bin/bash
# A host whose power is cut at every step of a program, and which is then given the program again. It has three disks (ext4 in
# files, in memory): /etc, /var and /var/lib/etcd. What is on their devices is copied at each step at which that has changed,
# mounted as at a boot, and looked at.
#
#   power-cut.sh DIRECTORY [all]   DIRECTORY/setup, act, next: programs; cut, end: sh scripts that say what is wrong after a cut,
#                               and once the next call has ended; fakes/: programs of the host
#
# A disk writes down what it has whenever it likes. There is a round in which each writes only what it is told to; with `all` also
# one for each in which that one has always just written all, and one in which all have, as if only the program had been killed. Prints a
# line for each thing that is wrong, then `N cuts`: how many of them left something else on the disks than any other.
# To be started with name spaces of its own: unshare --mount --pid --fork --kill-child --net --ipc --uts.
set -eu
[ "$$" -eq 1 ] || { echo 'has no name spaces of its own' >&2; exit 2; }
directory=$1
disks='etc var etcd'
top=$(mktemp -d)
mount -t tmpfs tmpfs "$top"
trap 'umount -R "$top" && rmdir "$top"' EXIT
mount --make-rprivate /
mkdir "$top/host" "$top/seen" "$top/cuts"

# mount_disks HOST IMAGES
mount_disks() {
  mount -t tmpfs tmpfs "$1"
  mkdir "$1/etc" "$1/var"
  mount -o loop,commit=300 "$2/etc.img" "$1/etc"
  mount -o loop,commit=300 "$2/var.img" "$1/var"
  mkdir -p "$1/var/lib/etcd"
  mount -o loop,commit=300 "$2/etcd.img" "$1/var/lib/etcd"
}

# power_on HOST: the rest of what a host is.
power_on() {
  mkdir "$1"/{usr,proc,sys,dev,run,tmp,root,cut}
  for at in bin sbin lib lib64; do [ ! -L "/$at" ] || ln -s "usr/$at" "$1/$at"; done
  mount --bind -o ro /usr "$1/usr"
  mount --bind "$directory/fakes" "$1/usr/local/bin"
  mount -t proc proc "$1/proc"
  mount --bind -o ro "$1/proc/sys" "$1/proc/sys"
  mount --bind -o ro /sys "$1/sys"
  mount --bind /dev "$1/dev"
  mount --bind "$top/cuts" "$1/cut"
}

# Nothing runs in this name space but what was started on the host.
power_off() {
  for ((left = 200; left > 0; left--)); do
    kill -KILL -1 2>/dev/null || :
    ! umount -R "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  umount -R "$1"
}

# call HOST PROGRAM SHELL [NAME=VALUE...]: the program, whole, on that host. Says why it did not end well.
call() {
  run=$1/run/provision/$2
  mkdir -p "$run"
  cp "$directory/$2" "$run/program"
  env -i PATH="$PATH" P_SH="$3" "${@:4}" chroot "$1" /bin/sh "/run/provision/$2/program" run >"$run/journal" 2>&1 </dev/null || :
  ended=$(tail -n 1 "$run/journal")
  [ "${ended#* }" = 'end done' ] || printf '%s: %s: %s\n' "$2" "$ended" "$(tail -n 3 "$run/log" | tr '\n' ' ')"
}

# Sourced by the shell that applies a task, in its host: before each command that may change a disk, what its device has is kept.
cat >"$top/cuts/step" <<'P_EOF'
set -o functrace
# shellcheck disable=SC2154 # the host's
cut_here() {
  # What keeps the log runs beside the task, and writes to memory.
  case " ${FUNCNAME[*]} " in *' keep_ends '*) return 0 ;; esac
  case ${1//'2> /dev/null'/} in
  mv\ * | rm\ * | cp\ * | ln\ * | tar\ * | mkdir\ * | rmdir\ * | chmod\ * | chown\ * | sync* | 'sed -i'*) ;;
  systemctl* | kubeadm* | unshare* | '"$'* | *'> '*) ;;
  *) return 0 ;;
  esac
  # shellcheck disable=SC2086 # paths
  [ -z "$CUT_SYNCED" ] || sync -f $CUT_SYNCED
  state=''
  for loop in $CUT_LOOPS; do
    read -r _ _ _ _ written _ <"/sys/block/$loop/stat"
    state="$state $written"
  done
  read -r number last </cut/last
  [ "$state" != "$last" ] || return 0
  echo "$((number + 1)) $state" >/cut/last
  mkdir "/cut/$number"
  cp --sparse=always /cut/etc.img /cut/var.img /cut/etcd.img "/cut/$number"
  printf '%s\n' "$1" >"/cut/$number/before"
}
trap 'cut_here "$BASH_COMMAND"' DEBUG
P_EOF

# round DISK...: those that have always just written down what they have.
round() {
  images=$top/cuts
  for disk in $disks; do
    rm -f "$images/$disk.img"
    truncate -s 8M "$images/$disk.img"
    mkfs.ext4 -q -F -b 1024 -J size=1 -m 0 -O ^resize_inode "$images/$disk.img"
  done
  host=$top/host
  mount_disks "$host" "$images"
  power_on "$host"
  cp -a /etc/alternatives /etc/passwd /etc/group "$host/etc/"
  call "$host" setup dash
  loops='' synced=''
  for disk in etc var var/lib/etcd; do
    loop=$(findmnt -n -o SOURCE "$host/$disk")
    loops="$loops ${loop#/dev/}"
    case " $* " in *" ${disk##*/} "*) synced="$synced /$disk" ;; esac
    sync -f "$host/$disk"
  done
  echo '1 none' >"$images/last"
  call "$host" act bash BASH_ENV=/cut/step CUT_SYNCED="$synced" CUT_LOOPS="$loops"
  said=$(chroot "$host" /bin/sh <"$directory/end" 2>&1)
  [ -z "$said" ] || echo "without a cut: $said"
  power_off "$host"
  read -r number _ <"$images/last"
  for ((cut = 1; cut < number; cut++)); do
    after_cut "$images/$cut" "cut $cut of $((number - 1)), written: ${*:-what was asked for}, before: $(head -n 1 "$images/$cut/before")"
    rm -rf "${images:?}/$cut"
  done
}

# after_cut IMAGES NAME: what boots there is looked at, and gets the next call.
after_cut() {
  host=$top/host
  mount_disks "$host" "$1"
  tree=$(tar -c -C "$host" --sort=name --mtime=@0 --exclude=alternatives --exclude=lost+found etc var | sha256sum)
  if [ -e "$top/seen/${tree%% *}" ]; then
    umount -R "$host"
    return
  fi
  : >"$top/seen/${tree%% *}"
  count=$((count + 1))
  power_on "$host"
  said=$(chroot "$host" /bin/sh <"$directory/cut" 2>&1)
  [ -z "$said" ] || echo "$2: $said"
  shells=(dash bash 'busybox sh')
  said=$(call "$host" next "${shells[count % 3]}"; chroot "$host" /bin/sh <"$directory/end" 2>&1)
  [ -z "$said" ] || echo "$2, at the end: $said"
  power_off "$host"
}

count=0
round
if [ "${2:-}" = all ]; then
  for disk in $disks; do round "$disk"; done
  # shellcheck disable=SC2086 # names
  round $disks
fi
echo "$count cuts"
