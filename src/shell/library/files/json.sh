# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- JSON of others ---------------------------------------------------------------

# merge_json WORK: prints the object in WORK/ours over the one in WORK/theirs: members of theirs that are not ours stay, byte for
# byte. Only members at the top are told apart; what is in them is skipped over. Files in WORK, which may be missing or empty:
#   before   what was there before we first wrote it
#   ever     keys that we have ever set, one a line: what theirs has of those is ours, and goes back to `before` when it is
#            ours no longer
#   chosen   keys that are ours whatever theirs says; all others of ours give way to theirs
#   without  keys that are not to be set by us
#   lists    keys whose elements are joined, ours first
#   groups   keys of a line belong together: where theirs has one of them, or one is not to be set, none of ours is added
# Writes WORK/keys, those that are ours in what it prints, with a last line ".", and WORK/kept, those of theirs. Status 3, with the line and what is
# wrong with it, where theirs is no object that could be read.
merge_json() {
  for j_file in ours theirs before ever chosen without lists groups; do
    [ -e "$1/$j_file" ] || : >"$1/$j_file" || return 1
  done
  : >"$1/keys" && : >"$1/kept" && awk -v work="$1" '
    function bad(what, head) {
      head = substr(T, 1, P)
      printf "line %d: %s\n", gsub(/\n/, "", head) + 1, what >"/dev/stderr"
      failed = 1
      exit 3
    }
    function blanks() { while (substr(T, P, 1) ~ /^[ \t\r\n]$/) P++ }
    function text(c) {
      if (substr(T, P, 1) != "\"") bad("a string in double quotes is missing")
      for (P++; (c = substr(T, P, 1)) != "\""; P++) {
        if (c == "" || c == "\n") bad("a string without its end")
        if (c == "\\") P++
      }
      P++
    }
    function value(c, last) {
      blanks()
      c = substr(T, P, 1)
      if (c == "\"") {
        text()
      } else if (c == "{" || c == "[") {
        last = c == "{" ? "}" : "]"
        P++
        blanks()
        if (substr(T, P, 1) == last) { P++; return }
        while (1) {
          blanks()
          if (c == "{") { text(); blanks(); if (substr(T, P++, 1) != ":") { P--; bad("a colon is missing") } }
          value()
          blanks()
          if (substr(T, P, 1) == last) { P++; return }
          if (substr(T, P, 1) != ",") bad("a comma, or " last ", is missing")
          P++
        }
      } else if (match(substr(T, P, 64), /^(-?[0-9][0-9.eE+-]*|true|false|null)/)) {
        P += RLENGTH
      } else bad("no value that JSON knows")
    }
    # members TEXT NAME: into key[NAME, 1...], count[NAME] and raw[NAME, KEY]. The last of the same name counts.
    function members(given, name, start, id) {
      T = given
      P = substr(T, 1, 3) == "\357\273\277" ? 4 : 1
      count[name] = 0
      blanks()
      if (substr(T, P, 1) == "") return
      if (substr(T, P, 1) != "{") bad("an object is expected")
      P++
      blanks()
      if (substr(T, P, 1) == "}") P++
      else while (1) {
        blanks()
        start = P
        text()
        id = substr(T, start + 1, P - start - 2)
        if (id ~ /\\/) bad("a name with a backslash")
        blanks()
        if (substr(T, P, 1) != ":") bad("a colon is missing")
        P++
        blanks()
        start = P
        value()
        if (!((name, id) in raw)) key[name, ++count[name]] = id
        raw[name, id] = substr(T, start, P - start)
        blanks()
        if (substr(T, P, 1) == "}") { P++; break }
        if (substr(T, P, 1) != ",") bad("a comma, or }, is missing")
        P++
      }
      blanks()
      if (substr(T, P, 1) != "") bad("something follows the object")
    }
    # elements TEXT: adds those of an array to E that are not in it.
    function elements(given, start, one) {
      if (substr(given, 1, 1) != "[") return
      T = given
      for (P = 2; ; P++) {
        blanks()
        if (substr(T, P, 1) == "]") return
        start = P
        value()
        one = substr(T, start, P - start)
        if (!(one in known)) { known[one] = 1; E[++joined] = one }
        blanks()
        if (substr(T, P, 1) == "]") return
      }
    }
    function joint(ours, theirs, i, all) {
      split("", known); split("", E); joined = 0
      elements(ours)
      ours_alone = joined
      elements(theirs)
      if (joined == ours_alone) return ours
      all = "["
      for (i = 1; i <= joined; i++) all = all (i > 1 ? "," : "") "\n    " E[i]
      return all "\n  ]"
    }
    function slurp(name, line, all) {
      while ((getline line <(work "/" name)) > 0) all = all line "\n"
      return all
    }
    function put(id, what) { out = out (out == "" ? "" : ",") "\n  \"" id "\": " what; done[id] = 1 }
    function set_of(name, line) { while ((getline line <(work "/" name)) > 0) member[name, line] = 1 }
    BEGIN {
      set_of("ever"); set_of("chosen"); set_of("without"); set_of("lists")
      members(slurp("ours"), "ours")
      members(slurp("before"), "before")
      members(slurp("theirs"), "theirs")
      while ((getline line <(work "/groups")) > 0) {
        n = split(line, ids, " ")
        for (i = 1; i <= n; i++) if ((("theirs", ids[i]) in raw && !(("ever", ids[i]) in member)) || ("without", ids[i]) in member) {
          for (m = 1; m <= n; m++) yields[ids[m]] = 1
        }
      }
      for (i = 1; i <= count["ours"]; i++) {
        id = key["ours", i]
        foreign = ("theirs", id) in raw && !(("ever", id) in member)
        if (("chosen", id) in member) {
        } else if (("without", id) in member) continue
        else if (("lists", id) in member) {
          put(id, joint(raw["ours", id], foreign ? raw["theirs", id] : raw["before", id]))
          print id >(work "/keys")
          continue
        } else if (foreign || id in yields) continue
        put(id, raw["ours", id])
        print id >(work "/keys")
      }
      for (i = 1; i <= count["theirs"]; i++) {
        id = key["theirs", i]
        if (id in done) continue
        if (("ever", id) in member) {
          if (("before", id) in raw) put(id, raw["before", id])
          continue
        }
        put(id, raw["theirs", id])
        print id >(work "/kept")
      }
      for (i = 1; i <= count["before"]; i++) {
        id = key["before", i]
        if (("ever", id) in member && !(id in done)) put(id, raw["before", id])
      }
      # Last, to show that there was room for all.
      print "." >(work "/keys")
      print out == "" ? "{}" : "{" out "\n}"
    }
    END { if (failed) exit 3 }' || return
  [ "$(tail -n 1 "$1/keys")" = . ]
}
