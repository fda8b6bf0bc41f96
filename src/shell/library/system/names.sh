# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- the host's name, now and later -------------------------------------------------

# hostname_is NAME: now, and after the next boot.
hostname_is() {
  for h_file in /proc/sys/kernel/hostname /etc/hostname; do
    one_line "$h_file" && [ "$R" = "$1" ] && continue
    say "$h_file says ${R:-nothing}, wanted $1"
    return 1
  done
  names_stay
}

set_hostname() {
  one_line /proc/sys/kernel/hostname || :
  ledger hostname system "kernel=$R" && ledger_file /etc/hostname && put_text /etc/hostname 644 root root "$1$nl" &&
    printf '%s\n' "$1" >/proc/sys/kernel/hostname && keep_names
}

# What keeps cloud-init from setting its own name again at the next boot, and from writing /etc/hosts without ours.
cloud_names=/etc/cloud/cloud.cfg.d/99-provision-hostname.cfg
cloud_names_text="preserve_hostname: true${nl}manage_etc_hosts: false"

# Oracle's hook of dhclient: 2 and 3 leave the name and /etc/hosts alone, 0 and 1 do not. The first versions know no 3.
oracle_names=/etc/oci-hostname.conf
oracle_keeps_names() {
  case $(sed -n 's/^[[:blank:]]*\(export[[:blank:]]\{1,\}\)\{0,1\}PRESERVE_HOSTINFO=//p' "$oracle_names" | tail -n 1) in
  [23] | [23][[:blank:]]*) ;;
  *) return 1 ;;
  esac
}

# Proxmox writes /etc/hostname of a container at each of its starts, unless this file is there
# (ct_is_file_ignored in src/PVE/LXC/Setup/Base.pm of pve-container).
proxmox_names=/etc/.pve-ignore.hostname
proxmox_writes_names() { one_line /run/systemd/container && [ "$R" = lxc ] && grep -qs '^# --- BEGIN PVE ---' /etc/hosts; }

# names_stay: whether whoever writes the host's name or /etc/hosts at boot, or with a lease, is told not to.
names_stay() {
  if [ -d "${cloud_names%/*}" ] && [ "$(cat "$cloud_names" 2>/dev/null)" != "$cloud_names_text" ]; then
    say "cloud-init is not told to leave the host's name and /etc/hosts alone: $cloud_names"
  elif [ -e "$oracle_names" ] && ! oracle_keeps_names; then
    say "Oracle's hook of dhclient is not told to leave the host's name and /etc/hosts alone: $oracle_names"
  elif [ ! -e "$proxmox_names" ] && proxmox_writes_names; then
    say "Proxmox is not told to leave this container's name alone: $proxmox_names"
  else
    return 0
  fi
  return 1
}

keep_names() {
  if [ -d "${cloud_names%/*}" ]; then
    ledger_file "$cloud_names" && put_text "$cloud_names" 644 root root "$cloud_names_text$nl" || return 1
  fi
  if [ -e "$oracle_names" ] && ! oracle_keeps_names; then
    n_edit='s/^[[:blank:]]*\(export[[:blank:]]\{1,\}\)\{0,1\}PRESERVE_HOSTINFO=.*/PRESERVE_HOSTINFO=2/'
    grep -Eq '^[[:blank:]]*(export[[:blank:]]+)?PRESERVE_HOSTINFO=' "$oracle_names" || n_edit="\$a PRESERVE_HOSTINFO=2"
    edit_file "$oracle_names" "$n_edit" || return 1
  fi
  if [ ! -e "$proxmox_names" ] && proxmox_writes_names; then
    ledger_file "$proxmox_names" && put_text "$proxmox_names" 644 root root '' || return 1
  fi
}
