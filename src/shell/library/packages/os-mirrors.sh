# shellcheck shell=sh disable=SC2154,SC2034 # what the other parts set and use
# --- mirrors of the system's own packages -----------------------------------------
# A TABLE has lines "ARCHIVE mirror|known|official ADDRESS", of `official` an extended regular expression without scheme, and
# "ARCHIVE probe FILE": by which its mirrors are judged.

# os_source_files: those that a system's own sources may be in.
os_source_files() {
  for o_file in "${O_ETC:=/etc}"/apt/sources.list "$O_ETC"/apt/sources.list.d/*.list "$O_ETC"/apt/sources.list.d/*.sources \
    "$O_ETC"/apt/mirrors/*.list "$O_ETC"/yum.repos.d/*.repo; do
    [ ! -f "$o_file" ] || printf '%s\n' "$o_file" || return 1
  done
}

# os_mirrors_are TABLE: no source names an archive of the table by another address than a mirror of it.
os_mirrors_are() {
  os_source_files >"$P_RUN/sources"
  # shellcheck disable=SC2046 # file names of package sources have no blanks: apt and dnf ignore those that do
  set -- "$1" $(cat "$P_RUN/sources")
  [ $# -gt 1 ] || return 0
  o_table=$1
  shift
  renew_sources "$o_table" '' differs - "$@" >&2
}

# choose_os_mirrors TABLE: prints a line "ARCHIVE URL" for each archive, with the first of its mirrors that answers.
choose_os_mirrors() {
  for o_archive in $(printf '%s\n' "$1" | sed -n 's/ probe .*//p'); do
    o_probe=$(printf '%s\n' "$1" | sed -n "s/^$o_archive probe //p")
    m_passed=''
    # shellcheck disable=SC2046 # a word a line
    if ! choose_os_mirror $(printf '%s\n' "$1" | sed -n "s/^$o_archive mirror //p"); then
      say "no mirror of $o_archive answers; the package sources are as they were"
      return 1
    fi
    took_mirror "packages of $o_archive" "$o_found"
    printf '%s %s\n' "$o_archive" "$o_found" || return 1
  done
}

# choose_os_mirror URL...: sets o_found.
choose_os_mirror() {
  for o_seconds in 10 120; do
    for o_found in "$@"; do
      ! fetch_within "$o_seconds" "$o_found/$o_probe" "$P_RUN/probe.$P_TASK" >&2 || return 0
      mirror_fails "$o_found" "gave no $o_probe within $o_seconds s"
    done
  done
  return 1
}

# set_os_mirrors TABLE: the table is kept for the day on which a mirror is gone.
set_os_mirrors() {
  o_chosen=$(choose_os_mirrors "$1") || return 1
  printf '%s\n' "$1" >"$P_RUN/os-mirrors" && put_note "$P_STATE/os-mirrors" <"$P_RUN/os-mirrors" &&
    os_source_files >"$P_RUN/sources" || return 1
  while read -r o_file; do
    renew_sources "$1" "$o_chosen" print - "$o_file" >"$P_RUN/sources.new" || return 1
    cmp -s "$o_file" "$P_RUN/sources.new" && continue
    o_state=$(stat -c '%a %U %G' "$o_file") && ledger_file "$o_file" || return 1
    # shellcheck disable=SC2086 # three words
    write_file "$o_file" $o_state <"$P_RUN/sources.new" || return 1
  done <"$P_RUN/sources"
  refresh_lists
}

# renew_os_mirrors: where a mirror in use does not answer any more, all are judged anew.
renew_os_mirrors() {
  [ -r "$P_STATE/os-mirrors" ] || return 0
  o_table=$(cat "$P_STATE/os-mirrors") && os_source_files >"$P_RUN/sources" || return 1
  for o_url in $(printf '%s\n' "$o_table" | sed -n 's/^[a-z-]* mirror //p'); do
    xargs grep -qsF "$o_url" <"$P_RUN/sources" || continue
    o_probe=$(printf '%s\n' "$o_table" | sed -n "s|^\([a-z-]*\) mirror $o_url\$|\1|p" | head -n 1)
    o_probe=$(printf '%s\n' "$o_table" | sed -n "s/^$o_probe probe //p")
    fetch_within 10 "$o_url/$o_probe" "$P_RUN/probe.$P_TASK" && continue
    say "$o_url does not answer any more"
    set_os_mirrors "$o_table"
    return
  done
}

# diff_os_mirrors TABLE: with the first mirror of each archive; which it will be is known only when it is applied.
diff_os_mirrors() {
  o_firsts=$(printf '%s\n' "$1" | awk '$2 == "mirror" && !seen[$1]++ { print $1, $3 }')
  os_source_files >"$P_RUN/sources"
  while read -r o_file; do
    renew_sources "$1" "$o_firsts" print - "$o_file" | diff_file "$o_file"
  done <"$P_RUN/sources"
}

# renew_sources TABLE CHOSEN print|differs - FILE...: prints the files with addresses of the archives replaced by the chosen
# mirrors (lines "ARCHIVE URL"); with `differs` prints what is not a mirror's, status 1 where there is any. For dnf a section
# goes by a mirror when its baseurl, also one commented out, is the archive's: then its lists of mirrors are switched off.
renew_sources() {
  o_table=$1 o_chosen=$2 o_mode=$3
  shift 4
  O_TABLE=$o_table O_CHOICE=$o_chosen O_MODE=$o_mode awk '
    BEGIN {
      count = split(ENVIRON["O_TABLE"], rows, "\n")
      for (i = 1; i <= count; i++) {
        split(rows[i], row, " ")
        archive[i] = row[1]; kind[i] = row[2]; place[i] = row[3]
      }
      chosen_count = split(ENVIRON["O_CHOICE"], rows, "\n")
      for (i = 1; i <= chosen_count; i++) if (split(rows[i], row, " ") == 2) choice[row[1]] = row[2]
      differs = ENVIRON["O_MODE"] == "differs"
    }
    # The address with its archive at a mirror; as it is where it is of no archive here.
    function renewed(address,    i, rest, bare) {
      for (i = 1; i <= count; i++) {
        rest = ""
        if (kind[i] == "probe") continue
        if (kind[i] == "official") {
          bare = address
          if (!sub(/^https?:\/\//, "", bare) || !match(bare, place[i])) continue
          rest = substr(bare, RLENGTH + 1)
        } else {
          if (index(address "/", place[i] "/") != 1) continue
          if (differs && kind[i] == "mirror") return address
          rest = substr(address, length(place[i]) + 2)
        }
        if (differs) return "elsewhere"
        return choice[archive[i]] (rest == "" ? "" : "/" rest)
      }
      return address
    }
    function renewed_line(line,    words, i, n, address, i_at) {
      n = split(line, words, /[ \t=]+/)
      for (i = 1; i <= n; i++) {
        address = words[i]
        if (address !~ /^https?:\/\// || renewed(address) == address) continue
        i_at = index(line, address)
        line = substr(line, 1, i_at - 1) renewed(address) substr(line, i_at + length(address))
      }
      return line
    }
    function put(line, old) {
      if (!differs) print line
      else if (line != old) { print file ": " old; found = 1 }
    }
    function put_section(    i, ours, line, bare) {
      for (i = 1; i <= held; i++) {
        bare = section[i]
        sub(/^[# \t]+/, "", bare)
        if (bare ~ /^baseurl[ \t]*=/ && is_ours(bare)) ours = 1
      }
      for (i = 1; i <= held; i++) {
        line = bare = section[i]
        sub(/^[# \t]+/, "", bare)
        if (ours && line ~ /^(mirrorlist|metalink)[ \t]*=/) line = "#" line
        else if (ours && bare ~ /^baseurl[ \t]*=/) line = renewed_line(bare)
        put(line, section[i])
      }
      held = 0
    }
    function is_ours(line,    words, i, n, address, j) {
      n = split(line, words, /[ \t=]+/)
      for (i = 1; i <= n; i++) {
        address = words[i]
        if (address !~ /^https?:\/\//) continue
        if (renewed(address) != address) return 1
        for (j = 1; j <= count; j++) if (kind[j] == "mirror" && index(address "/", place[j] "/") == 1) return 1
      }
      return 0
    }
    FNR == 1 { put_section(); file = FILENAME; is_repo = file ~ /[.]repo$/ }
    is_repo && /^\[/ { put_section() }
    is_repo { section[++held] = $0; next }
    /^[ \t]*#/ { put($0, $0); next }
    { put(renewed_line($0), $0) }
    END { put_section(); exit found }' "$@"
}
