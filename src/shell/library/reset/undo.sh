# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: one entry of the ledger put back ------------------------------------------------
# undo_KIND: the entry's directory is $u_entry, its fields are m_NAME. Status 0: the entry has been dealt with, told by a
# note where it could not be put back.

undo_file() {
  case $m_state in
  absent) undo_new_file || return 1 ;;
  file) undo_changed_file || return 1 ;;
  directory) make_directory "$m_key" "$m_mode" "$m_uid" "$m_gid" || return 1 ;;
  symlink)
    if [ ! -L "$m_key" ] && [ -e "$m_key" ] && ! is_as_written; then
      reset_note "$m_key was a link to $m_target and was changed since, not by provision: left as it is" || return 1
    elif [ "$(readlink "$m_key" 2>/dev/null)" != "$m_target" ]; then
      put_link "$m_key" "$m_target" || return 1
    fi
    ;;
  esac
  case $m_key in /etc/systemd/system.conf*) owe_after 'reexec' ;; esac
}

# is_as_written: the file holds what we wrote last or earlier, or nobody noted what that was.
is_as_written() {
  [ -e "$u_entry/written" ] || return 0
  i_digest=$(sha256sum <"$m_key") || return 1
  grep -qxFe "${i_digest%% *}" "$u_entry/written"
}

# without_ours FILE: its lines without our blocks and with those put back that we commented out.
without_ours() {
  sed -e '/^# provision:[^ ]* begin$/,/^# provision:[^ ]* end$/d' -e 's/^# swap off by provision: //' \
    -e 's/^# taken over by provision: //' -e '/ # provision: the rest of the line above$/d' "$1"
}

# A file that was not there: gone again, with the directories made for it.
undo_new_file() {
  if [ -d "$m_key" ] && [ ! -L "$m_key" ]; then
    rmdir "$m_key" 2>/dev/null || reset_note "$m_key was made by provision and holds files of others: left" || return 1
  elif [ -L "$m_key" ]; then
    remove_file "$m_key" || return 1
  elif [ -e "$m_key" ]; then
    if is_as_written; then
      remove_file "$m_key" && packaged_file || return 1
    else
      take_rest || return 1
      if cmp -s "$P_RUN/rest" "$P_RUN/rest.now"; then
        reset_note "$m_key was not there before provision and was changed since, not by provision: left as it is" || return 1
      elif grep -q '[^[:space:]]' "$P_RUN/rest"; then
        replace_with_rest &&
          reset_note "$m_key was not there before provision: the lines of provision are gone, those that others added are kept" || return 1
      else
        remove_file "$m_key" || return 1
      fi
    fi
  fi
  u_parent=${m_key%/*}
  while [ "${#u_parent}" -ge "${#m_created}" ] && [ -n "$u_parent" ] && [ "$m_created" != "$m_key" ]; do
    owe_after "directory $u_parent" || return 1
    u_parent=${u_parent%/*}
  done
}

# packaged_file: the package of a configuration file that we wrote before it came still has its own beside it; where the
# package stays, that is the file it should have.
packaged_file() {
  for p_own in "$m_key.dpkg-dist" "$m_key.ucf-dist" "$m_key.rpmnew"; do
    [ -e "$p_own" ] || continue
    mv -fT "$p_own" "$m_key"
    return
  done
}

# take_rest: what is there now as $P_RUN/rest.now, and the same without our lines as $P_RUN/rest.
take_rest() { take_copy "$m_key" "$P_RUN/rest.now" && without_ours "$P_RUN/rest.now" >"$P_RUN/rest"; }

# A file that was there: as it was, but for lines that others added since.
undo_changed_file() {
  if [ -d "$m_key" ] || [ -L "$m_key" ]; then
    if [ ! -L "$m_key" ]; then
      reset_note "$m_key is a directory now, and was a file: left as it is"
      return
    fi
  elif [ -e "$m_key" ] && ! cmp -s "$m_key" "$u_entry/content" && ! is_as_written; then
    take_rest || return 1
    if ! cmp -s "$P_RUN/rest" "$u_entry/content"; then
      if cmp -s "$P_RUN/rest" "$P_RUN/rest.now"; then
        reset_note "$m_key was changed since, not by provision: left as it is"
      else
        replace_with_rest && reset_note "$m_key was changed by others since: the lines of provision are gone, the other ones are kept"
      fi
      return
    fi
  fi
  is_untouched || put_copy "$u_entry/content" "$m_key"
}

# is_untouched: a file with several names (hard links) that holds what it held: another in its place would be a file of its own.
is_untouched() {
  [ -f "$m_key" ] && [ ! -L "$m_key" ] && cmp -s "$m_key" "$u_entry/content" || return 1
  case $(stat -c '%h %a %u %g' "$m_key") in "1 "*) return 1 ;; *" $m_mode $m_uid $m_gid") ;; *) return 1 ;; esac
}

# replace_with_rest: with the mode, the owner and the attributes that it has now.
replace_with_rest() (
  r_state=$(stat -c '%a %u %g' "$P_RUN/rest.now") && stage "$m_key" && keep_attributes "$m_key" &&
    cat "$P_RUN/rest" >./new && cmp -s "$P_RUN/rest" ./new || exit 1
  # shellcheck disable=SC2086 # three words
  publish "$m_key" $r_state
)

# What the unit was at boot is put back now, whether it runs when all files are back.
undo_unit() {
  if [ "$m_load" = not-found ]; then
    # Now, while systemd knows it by its file.
    systemctl stop "$m_key" 2>/dev/null || :
    systemctl -q disable "$m_key" 2>/dev/null || :
    rm -f "$P_STATE/held/$m_key"
    return 0
  fi
  u_now=$(systemctl show --value --property=UnitFileState -- "$m_key" 2>/dev/null) || u_now=''
  case $m_enabled$u_now in maskedmasked | enabledenabled | disableddisabled) ;;
  masked*) systemctl -q mask "$m_key" || reset_note "$m_key was masked and cannot be again" ;;
  *masked) systemctl -q unmask "$m_key" || : ;;
  enabled*) systemctl -q enable "$m_key" || reset_note "$m_key started at boot and cannot be enabled again" ;;
  disabledenabled*) systemctl -q disable "$m_key" || : ;;
  esac
  # What a reset that was cut off owes is older: the unit has been in our hands since.
  cut -d ' ' -f 1,3 "$P_STATE/reset/after" 2>/dev/null | grep -qxFe "unit $m_key" || owe_after "unit $m_active $m_key" || return 1
  rm -f "$P_STATE/held/$m_key"
}

undo_sysctl() {
  [ -e "/proc/sys/$m_key" ] || return 0
  printf '%s\n' "$m_value" >"/proc/sys/$m_key" || reset_note "/proc/sys/$m_key was $m_value and does not take it back"
}

undo_module() {
  m_module=$(printf '%s' "$m_key" | tr - _)
  [ -d "/sys/module/$m_module/holders" ] || return 0
  modprobe -r -- "$m_key" 2>/dev/null || reset_note "the kernel module $m_key is in use and stays loaded until the next boot"
}

undo_swap() {
  for s_device in $m_devices; do owe_after "swap $s_device"; done
}

undo_hostname() {
  printf '%s\n' "$m_kernel" >/proc/sys/kernel/hostname
}

undo_timezone() { :; } # its files tell

undo_kubernetes() { :; } # what kubeadm made is gone already

# An image of a runtime that stays.
undo_image() {
  if [ "$m_into" = docker ]; then
    docker_is_ours || timeout 60 docker image rm -- "$m_key" >/dev/null 2>&1 || reset_note "the image $m_key stays: something uses it"
  else
    containerd_is_ours || timeout 60 ctr -n k8s.io images rm "$m_key" >/dev/null 2>&1 || reset_note "the image $m_key stays: something uses it"
  fi
}

# Rules of ufw go at once; what firewalld is to forget, and a firewall that was turned off, wait for all files.
undo_firewall() {
  case "$m_key $m_state" in
  'firewalld opened') owe_after 'firewall firewalld' ;;
  'ufw on') owe_after 'firewall ufw' ;;
  'ufw opened')
    ufw_ours >"$P_RUN/ufw.ours"
    while IFS= read -r u_tuple; do
      ufw_rule delete "$u_tuple" || reset_note "this rule of ufw stays: $u_tuple"
    done <"$P_RUN/ufw.ours"
    ;;
  esac
}

# put_firewall NAME: as its files now say.
put_firewall() {
  case $1 in
  ufw) ufw --force enable || reset_note 'ufw was on before provision and cannot be turned on: ufw enable' ;;
  firewalld)
    systemctl -q is-active firewalld.service || return 0
    if may_reload_firewalld; then
      firewall-cmd --reload || reset_note 'firewalld cannot read its files again: firewall-cmd --check-config'
    else
      reset_note 'firewalld lets in what nodes needed until it is reloaded, by which it would lose settings that are not permanent: firewall-cmd --reload'
    fi
    ;;
  esac
}

undo_selinux() {
  [ -e "$P_SYS/fs/selinux/enforce" ] || return 0
  printf '%s' "$m_value" >"$P_SYS/fs/selinux/enforce" || reset_note "SELinux enforced ($m_value) before provision and cannot be set back: setenforce $m_value"
}
