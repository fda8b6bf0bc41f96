# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- scripts of others that are run with a link, a lease or a boot --------------------

# hook_files: sets H_FILES to those that are run: what DHCP clients read whatever its mode, the rest where it may be run. Costs no
# process.
hook_files() {
  H_FILES=''
  for h_file in /etc/dhcp/dhclient-enter-hooks /etc/dhcp/dhclient-exit-hooks /etc/dhcp/dhclient-*-hooks.d/* /etc/dhcp/dhclient.d/*.sh \
    /etc/dhcp/enter-hooks.d/* /etc/dhcp/exit-hooks.d/* /etc/dhcpcd.conf /etc/dhcpcd.*-hook /etc/udhcpc/default.script \
    /etc/network/interfaces /etc/network/interfaces.d/*; do
    # Oracle's, which has a setting of its own.
    case $h_file in *' '* | */dhclient-exit-hook-set-hostname*) continue ;; esac
    [ ! -f "$h_file" ] || H_FILES="$H_FILES $h_file"
  done
  for h_file in /etc/NetworkManager/dispatcher.d/* /etc/NetworkManager/dispatcher.d/*.d/* /usr/lib/NetworkManager/dispatcher.d/* \
    /usr/lib/NetworkManager/dispatcher.d/*.d/* /etc/networkd-dispatcher/*.d/* /usr/lib/networkd-dispatcher/*.d/* \
    /etc/network/if-*.d/* /etc/rc.local /etc/rc.d/rc.local; do
    case $h_file in *' '*) continue ;; esac
    if [ -f "$h_file" ] && [ -x "$h_file" ]; then H_FILES="$H_FILES $h_file"; fi
  done
}

# hooks_that PATTERN: prints lines of these files that match it, "FILE: LINE", comments apart. The setting `hostname` of an interface
# of ifupdown is what its DHCP client says of the host.
hooks_that() {
  # shellcheck disable=SC2086 # paths without blanks
  grep -HE -e "$1" $H_FILES 2>/dev/null | sed -n -e '/^\/etc\/network\/interfaces[^:]*:[[:blank:]]*hostname/d' -e 's/^\([^:]*\):[[:blank:]]*\([^#[:blank:]].*\)/\1: \2/p' | cut_lines 200
}

# A command begins here: at the beginning of a line, behind another one, or of an interface of ifupdown.
h_begins='(^|[;&|({])[[:blank:]]*((then|do|else|sudo|exec|env|(pre-|post-)?(up|down))[[:blank:]]+)*((/usr)?/s?bin/)?'
h_names="${h_begins}hostname[[:blank:]]+(-F|-b|--file|--boot|[\"'\$[:alnum:]])|hostnamectl[^;&|]*[[:blank:]](set-)?hostname[[:blank:]]+[^-;&|[:blank:]]|${h_begins}nmcli[[:blank:]]+g[a-z]*[[:blank:]]+h[a-z]*[[:blank:]]+[^;&|[:blank:]]|(>|tee)[[:blank:]]*/(etc|proc/sys/kernel)/hostname|kernel[./]hostname=|google_set_hostname|force_hostname=[\"']?[yYtT1]"
h_end="[\"']?[[:blank:]]*([;&|)<]|\$)"
h_hosts="(^|[^>])>[[:blank:]]*[\"']?/etc/hosts$h_end|tee[[:blank:]]+[\"']?/etc/hosts|${h_begins}(sed|perl)[[:blank:]][^;&|]*-[a-zA-Z]*i.*[[:blank:]/]etc/hosts$h_end|${h_begins}(cp|mv|ln|rm|install)[[:blank:]][^;&|]*[[:blank:]][\"']?/etc/hosts$h_end"
h_routes="${h_begins}ip[[:blank:]]+(-[0-9a-z]+[[:blank:]]+)*(ru[le]*[[:blank:]]+fl|r[oute]*[[:blank:]]+fl[ush]*[[:blank:]]+(table[[:blank:]]+(main|all|254)|proto|scope|root))"

# note_hooks NAME: tells of scripts that would set another name than this, write /etc/hosts without our lines, or remove routes and
# rules of pods: as long as the host has not what they take away.
note_hooks() {
  hook_files
  if [ -n "$H_FILES" ]; then
    one_line /proc/sys/kernel/hostname || :
    [ "$R" = "$1" ] ||
      note_each "$h_names" "sets the host's name, so that it is not $1 for long: take that out, or call the host in the inventory as it is called there"
    grep -qs '^# provision:nodes begin' /etc/hosts ||
      note_each "$h_hosts" 'writes /etc/hosts, which has names of nodes: take that out, or have it keep the lines of # provision:nodes'
    kubelet_joined ||
      note_each "$h_routes" 'removes routes or rules, those of pods among them, each time that it is run: take that out'
  fi
  one_line /proc/sys/kernel/osrelease || :
  case $R in *icrosoft*WSL*)
    grep -Eqs '^[[:blank:]]*generateHosts[[:blank:]]*=[[:blank:]]*false' /etc/wsl.conf ||
      note "WSL writes /etc/hostname and /etc/hosts at each start: write hostname=$1 and generateHosts=false below [network] in /etc/wsl.conf"
    ;;
  esac
}

# note_each PATTERN TEXT: a note for each script that has such a line, with the first one.
note_each() { hooks_that "$1" | awk -F : '!seen[$1]++' | while IFS= read -r h_line; do note "$h_line: this $2"; done; }
