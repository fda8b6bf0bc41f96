# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- the same repository in files of others (dnf, yum) --------------------------------
# Of two sections of one id dnf takes the one that it reads first. A section of another id with the same address has none of
# our excludes: an upgrade of everything would go by it.

# sources_of_others NAME URL...: prints a line "FIRST LAST FILE alone" for each section of another file that has this id, or is
# enabled and has one of these addresses, by http or https.
sources_of_others() {
  o_ours=$rpm_repositories/$1.repo o_name=$1 o_files=''
  shift
  for o_file in "$rpm_repositories"/*.repo "${rpm_config:-/etc/dnf/dnf.conf}" /etc/yum.conf; do
    case $o_file in "$o_ours" | *' '*) continue ;; esac
    [ ! -f "$o_file" ] || [ -L "$o_file" ] || o_files="$o_files $o_file"
  done
  [ -n "$o_files" ] || return 0
  # shellcheck disable=SC2086 # their names have no blanks
  O_NAME=$o_name O_URLS=$* awk '
    BEGIN { count = split(ENVIRON["O_URLS"], ours, " "); for (i = 1; i <= count; i++) ours[i] = plain(ours[i]) }
    function plain(url) {
      sub(/^https?:\/\//, "", url)
      sub(/\/+$/, "", url)
      gsub(/x86_64|aarch64/, "$basearch", url)
      return url
    }
    # Ours has the release itself where theirs may have a variable.
    function is_ours(url,    i, at, before, after) {
      url = plain(url)
      at = index(url, "$releasever")
      before = substr(url, 1, at - 1)
      after = substr(url, at + 11)
      for (i = 1; i <= count; i++) {
        if (url == ours[i]) return 1
        if (!at || substr(ours[i], 1, length(before)) != before) continue
        if (substr(ours[i], length(before) + 1) ~ /^[0-9.]+(\/|$)/) {
          rest = substr(ours[i], length(before) + 1)
          sub(/^[0-9.]+/, "", rest)
          if (rest == after) return 1
        }
      }
      return 0
    }
    function end_section() {
      if (first && (id == ENVIRON["O_NAME"] || enabled && same)) print first, last, file, "alone"
      first = 0
    }
    FNR == 1 { end_section(); file = FILENAME }
    /^\[/ {
      end_section()
      id = $0
      sub(/^\[/, "", id)
      sub(/\].*/, "", id)
      if (id == "main") next
      first = last = FNR
      enabled = 1
      same = 0
      key = ""
      next
    }
    !first || /^[ \t]*([#;].*)?$/ { next }
    {
      last = FNR
      line = $0
      if (line ~ /^[^ \t]/) { key = line; sub(/[ \t]*=.*/, "", key); sub(/^[^=]*=/, "", line) }
      if (key == "enabled") { gsub(/[ \t]/, "", line); enabled = tolower(line) !~ /^(0|no|false|off)$/ }
      if (key == "baseurl") { words = split(line, word, /[ \t,]+/); for (i = 1; i <= words; i++) if (is_ours(word[i])) same = 1 }
    }
    END { end_section() }' $o_files
}
