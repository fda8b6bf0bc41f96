# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- time servers -----------------------------------------------------------------

# own_time_servers CONF: whether this chrony.conf is somebody else's and says where time comes from. One that we ever wrote is
# ours, whatever has become of it.
own_time_servers() {
  [ -f "$1" ] && ! ever_written "$1" &&
    grep -qE '^[[:space:]]*(server|pool|peer|refclock|sourcedir|confdir|include)[[:space:]]' "$1"
}

# site_time_servers: prints the servers that other time daemons of this host were given, a line each. Their configuration
# outlives them when chrony takes their place.
site_time_servers() {
  for t_conf in /etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf.d/*.conf /etc/ntp.conf /etc/ntpsec/ntp.conf \
    /etc/openntpd/ntpd.conf; do
    [ ! -f "$t_conf" ] || awk '
      /^[ \t]*NTP[ \t]*=/ { sub(/^[^=]*=/, ""); for (i = 1; i <= NF; i++) print $i }
      $1 ~ /^(server|servers|pool)$/ && $2 !~ /^127\./ { print $2 }' "$t_conf"
  done | awk '!seen[$0]++'
}

# with_site_servers: our chrony.conf with the servers of this host in the place of those that nobody chose. Reads stdin.
with_site_servers() {
  t_servers=$(site_time_servers)
  if [ -z "$t_servers" ]; then
    cat
    return
  fi
  printf '%s\n' "$t_servers" | sed 's/.*/server & iburst/' && sed '/^server /d'
}

# write_time_servers CONF SHA256: our chrony.conf, on stdin with the servers that nobody chose. Reads stdin.
write_time_servers() {
  cat >"$P_RUN/chrony.ours" && t_digest=$(sha256sum <"$P_RUN/chrony.ours") || return 1
  if [ "${t_digest%% *}" != "$2" ]; then
    say "$1 did not arrive whole"
    return 1
  fi
  with_site_servers <"$P_RUN/chrony.ours" >"$P_RUN/chrony.conf" &&
    write_file "$1" 644 root root <"$P_RUN/chrony.conf" || return 1
  t_servers=$(site_time_servers | tr '\n' ' ')
  [ -z "$t_servers" ] || note "chrony gets the time servers that this host had: ${t_servers% }"
}

# tell_time_servers CHRONY-UNIT: notes where chrony has followed nobody for a minute. Changes nothing.
tell_time_servers() {
  chronyc -n tracking 2>/dev/null | grep -q '^Leap status *: Normal' && return 0
  t_since=$(systemctl show --value --property=ActiveEnterTimestampMonotonic -- "$1" 2>/dev/null)
  case $t_since in '' | 0 | *[!0-9]*) return 0 ;; esac
  [ $(($(since_boot) - t_since / 1000000)) -ge 60 ] || return 0
  note "no time server answers: this host's clock is not synchronized ($(chronyc -n sources 2>/dev/null |
    awk '/^[\^=#]/ { printf "%s%s", comma, $2; comma = ", " } END { if (comma == "") printf "chrony has no sources" }'));" \
    "write servers that it reaches into time: { servers: [...] }, or let UDP 123 through"
}
