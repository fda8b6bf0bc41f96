# shellcheck shell=sh disable=SC2154 # what the prelude and the family's own part set
# --- the same repository in files of others -----------------------------------------
# The family's own part tells where: sources_of_others prints lines "FIRST LAST FILE WHAT", WHAT being alone or shared.

# no_sources_of_others NAME [SUITE] URL...: of these addresses of one repository.
no_sources_of_others() {
  o_found=$(sources_of_others "$@") || return 1
  [ -n "$o_found" ] || return 0
  printf '%s\n' "$o_found" | while read -r _ _ o_file _; do say "$o_file has the repository $1 as well"; done
  return 1
}

# take_over_sources NAME [SUITE] URL: switches them off, so that nothing contradicts what is to be written. Whoever wrote them
# gets them back by a reset.
take_over_sources() {
  sources_of_others "$@" >"$P_RUN/others.$P_TASK" || return 1
  while read -r _ _ o_file o_what; do
    [ "$o_what" != alone ] || continue
    say "$o_file has the repository $1 in one entry with others: write it as an entry of its own, or take it out, then run again"
    return 1
  done <"$P_RUN/others.$P_TASK"
  while read -r o_first o_last o_file _; do
    ledger_file "$o_file" && o_state=$(stat -c '%a %U %G' "$o_file") &&
      sed "$o_first,${o_last}s/^/# taken over by provision: /" "$o_file" >"$P_RUN/other.$P_TASK" || return 1
    # shellcheck disable=SC2086 # three words
    write_file "$o_file" $o_state <"$P_RUN/other.$P_TASK" || return 1
    note "$o_file: the repository $1 is switched off there, since provision has it in a file of its own"
  done <"$P_RUN/others.$P_TASK"
}
