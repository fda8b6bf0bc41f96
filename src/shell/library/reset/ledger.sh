# shellcheck shell=sh disable=SC2154,SC2034 # what the prelude sets, and what undoing reads
# --- reset: the ledger, backwards --------------------------------------------------------------
# An entry goes when what it stands for is back, on its disk as well: a reset that is cut short goes on with those that are left.

# ledger_entries: directories of entries, the last first; what packages are about is for later. So is the baseline, with
# which everything is compared until nothing more is removed: without it all that was there before would pass for ours.
ledger_entries() {
  for l_entry in "$P_STATE"/ledger/*/*/; do
    l_entry=${l_entry%/}
    case $l_entry in */package/* | */package-set/* | */baseline/* | *'*'*) continue ;; esac
    printf '%s %s\n' "$(sed -n 's/^seq=//p' "$l_entry/meta")" "$l_entry"
  done | sort -rn | sed 's/^[^ ]* //'
}

# list_ledger: what is still to be dealt with.
list_ledger() {
  ledger_entries
  [ ! -s "$P_STATE/reset/after" ] || cat "$P_STATE/reset/after"
}

# plan_ledger: the same for people, without what nobody would see.
plan_ledger() {
  ledger_entries | while IFS= read -r l_entry; do
    read_meta "$l_entry"
    case $m_kind in
    kubernetes | timezone) ;;
    image) if [ "$m_into" = docker ]; then docker_is_ours; else containerd_is_ours; fi || echo "remove image $m_key" ;;
    file)
      if [ "$m_state" != absent ]; then
        echo "restore $m_key"
      elif [ -e "$m_key" ] || [ -L "$m_key" ]; then
        echo "remove $m_key"
      fi
      ;;
    *) echo "restore $m_kind $m_key" ;;
    esac
  done
}

read_meta() {
  m_kind='' m_key='' m_state='' m_mode='' m_uid='' m_gid='' m_target='' m_created='' m_load='' m_active='' m_enabled=''
  m_value='' m_devices='' m_kernel='' m_into='' m_version='' m_hold=''
  while IFS= read -r m_line; do
    case ${m_line%%=*} in
    kind | key | state | mode | uid | gid | target | created | load | active | enabled | value | devices | kernel | into | version | hold)
      m_text=${m_line#*=}
      eval "m_${m_line%%=*}=\$m_text"
      ;;
    esac
  done <"$1/meta"
}

put_back_ledger() {
  mkdir -p "$P_STATE/reset" && ledger_entries >"$P_RUN/entries" || return 1
  # That kubeadm made this a node is an entry, too: what it made is gone by now.
  # shellcheck disable=SC2046 # paths without blanks
  settled $(our_paths) || return 1
  while IFS= read -r u_entry; do
    read_meta "$u_entry" || return 1
    case $m_kind in
    file | unit | sysctl | module | swap | firewall | selinux | hostname | timezone | image | kubernetes) "undo_$m_kind" ;;
    *) reset_note "$m_kind $m_key was noted by another version of provision: left as it is" ;;
    esac || return 1
    case $m_kind in
    file) settled "$m_key" ;;
    unit) settled /etc/systemd/system ;;
    esac && forget_entry "$u_entry" || return 1
  done <"$P_RUN/entries"
  put_right_after
}

forget_entry() {
  rm -rf "$P_STATE/ledger/.new.gone" && mv "$1" "$P_STATE/ledger/.new.gone" && rm -rf "$P_STATE/ledger/.new.gone"
}

# owe_after WHAT: what can be done only when all files are back; noted before the entry that owes it goes.
owe_after() {
  grep -qsxFe "$1" "$P_STATE/reset/after" && return 0
  printf '%s\n' "$1" >>"$P_STATE/reset/after" && settled "$P_STATE/reset"
}

put_right_after() {
  [ -s "$P_STATE/reset/after" ] || return 0
  systemctl daemon-reload || return 1
  ! grep -qx reexec "$P_STATE/reset/after" || systemctl daemon-reexec || return 1
  while read -r a_what a_rest; do
    # shellcheck disable=SC2086 # two words
    case $a_what in
    unit) put_unit $a_rest || return 1 ;;
    firewall) put_firewall "$a_rest" || return 1 ;;
    swap) grep -qs "^$a_rest " /proc/swaps || swapon "$a_rest" || reset_note "$a_rest was swapped to and cannot be again" || return 1 ;;
    directory) rmdir "$a_rest" 2>/dev/null || [ ! -d "$a_rest" ] || printf '%s\n' "$a_rest" >>"$P_STATE/reset/directories" || return 1 ;;
    esac
  done <"$P_STATE/reset/after"
  # Directories that are gone from a disk of their own must not come back when nobody knows of them any more.
  sed -n 's/^directory //p' "$P_STATE/reset/after" >"$P_RUN/directories" || return 1
  while IFS= read -r a_rest; do settled "$a_rest" || return 1; done <"$P_RUN/directories"
  rm -f "$P_STATE/reset/after"
}

# put_unit ACTIVE UNIT: as it was; one that ran takes its old configuration. The network's own are asked to read theirs.
put_unit() {
  a_now=$(systemctl show --value --property=ActiveState,LoadState -- "$2" 2>/dev/null | tr '\n' ' ')
  case $a_now in *not-found*) return 0 ;; esac
  case $1 in active | reloading | activating) ;; *)
    systemctl stop "$2" 2>/dev/null || :
    systemctl reset-failed "$2" 2>/dev/null || :
    return 0
    ;;
  esac
  case $2 in
  NetworkManager.service | systemd-networkd.service | networking.service | ssh*) systemctl try-reload-or-restart "$2" 2>/dev/null || : ;;
  *) systemctl restart "$2" || reset_note "$2 ran before provision and does not start: systemctl status $2" ;;
  esac
}
