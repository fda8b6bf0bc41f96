# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- the same repository in files of others (apt) -----------------------------------
# apt judges all its sources together: two entries of one repository with different keys, and it reads none of any.

# sources_of_others NAME SUITE URL...: prints a line "FIRST LAST FILE WHAT" for each entry of another file that names one of these
# with this suite; WHAT: `alone`, or `shared` with other repositories.
sources_of_others() {
  o_ours=/etc/apt/sources.list.d/$1.sources o_suite=$2 o_urls='' o_files=''
  shift 2
  for o_url in "$@"; do o_urls="$o_urls$nl${o_url%/}"; done
  # shellcheck disable=SC2013 # apt passes over files whose names have blanks
  for o_file in $(grep -lsF "${o_urls#"$nl"}" /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    /etc/apt/sources.list.d/*.sources); do
    [ "$o_file" = "$o_ours" ] || o_files="$o_files $o_file"
  done
  [ -n "$o_files" ] || return 0
  # shellcheck disable=SC2086
  O_URLS=$o_urls O_SUITE=$o_suite awk '
    BEGIN {
      count = split(ENVIRON["O_URLS"], words, "\n")
      for (i = 1; i <= count; i++) ours[words[i]]
      suite = ENVIRON["O_SUITE"]
    }
    # Whether one of the words is ours; how many there are is left in `several`.
    function names(text, what,    list, i, found) {
      several = split(text, list, /[ \t]+/)
      for (i = 1; i <= several; i++) {
        if (what == "suite") found = found || list[i] == suite
        else { sub(/\/+$/, "", list[i]); found = found || list[i] in ours }
      }
      return found
    }
    function trimmed(text) { sub(/^[ \t]+/, "", text); sub(/[ \t]+$/, "", text); return text }
    function end_stanza(    alone) {
      if (first && tolower(trimmed(field["enabled"])) !~ /^(no|false|without|off|disable|0)$/ && names(trimmed(field["uris"]), "url")) {
        alone = several == 1
        if (names(trimmed(field["suites"]), "suite")) print first, last, file, alone && several == 1 ? "alone" : "shared"
      }
      first = 0
      split("", field)
    }
    FNR == 1 { end_stanza(); file = FILENAME; is_stanzas = file ~ /[.]sources$/ }
    !is_stanzas {
      line = $0
      sub(/#.*/, "", line)
      if (sub(/^[ \t]*deb(-src)?[ \t]+(\[[^]]*\][ \t]+)?/, "", line) && split(line, part, /[ \t]+/) >= 2 &&
        names(part[1], "url") && names(part[2], "suite")) print FNR, FNR, file, "alone"
      next
    }
    /^[ \t]*$/ { end_stanza(); next }
    /^#/ { next }
    { if (!first) first = FNR; last = FNR }
    /^[^ \t]/ { key = tolower($0); sub(/:.*/, "", key); sub(/^[^:]*:/, "") }
    { field[key] = field[key] " " $0 }
    END { end_stanza() }' $o_files
}
