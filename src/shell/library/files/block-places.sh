# shellcheck shell=sh disable=SC2154 # what the prelude and blocks.sh set
# --- what a file's format asks of a block ------------------------------------------
# A block counts only together with the rest of its file: dnf reads settings of its own in [main] alone, where the last of a kind
# wins; of a name in a hosts file that has two addresses, programs take either; in dhcpcd.conf what comes after a line `interface`
# is of that link alone.

# block_now PATH NAME TEXT: prints the block as it is in the file, and whatever else there contradicts it.
block_now() {
  case $1 in
  */hosts) hosts_lines check "$1" "$2" "$3" ;;
  */dnf.conf) B_NAME=$2 awk '
    $0 == "# provision:" ENVIRON["B_NAME"] " begin" { inside = 1; if (!main) print "not in [main]" }
    inside { print; if ($0 == "# provision:" ENVIRON["B_NAME"] " end") { inside = 0; done = 1 }; next }
    /^\[/ { main = /^\[main\]/ }
    main && done && /^[^#; \t]/ { print "not the last of [main]" }' "$1" ;;
  */dhcpcd.conf) B_NAME=$2 awk '
    NR == 1 && $0 != "# provision:" ENVIRON["B_NAME"] " begin" { first = 1 }
    $0 == "# provision:" ENVIRON["B_NAME"] " begin" { inside = 1; if (first) print "not before all else" }
    inside { print }
    $0 == "# provision:" ENVIRON["B_NAME"] " end" { inside = 0 }' "$1" ;;
  *) sed -n "/^# provision:$2 begin\$/,/^# provision:$2 end\$/p" "$1" ;;
  esac
}

# hosts_lines check|rest PATH NAME TEXT: `check` prints the block and all lines that give one of its names another address of the
# same family; `rest` prints the file without those: what was such a line becomes a comment, and one with the other names of
# its address follows. That a host finds itself by a loopback address is its own affair.
hosts_lines() {
  one_line /proc/sys/kernel/hostname || :
  B_MODE=$1 B_NAME=$3 B_TEXT=$4 B_SELF=$R awk '
    function family(address) { return address ~ /:/ ? "6" : "4" }
    BEGIN {
      count = split(ENVIRON["B_TEXT"], lines, "\n")
      for (i = 1; i <= count; i++) {
        sub(/#.*/, "", lines[i])
        words = split(lines[i], word, /[ \t]+/)
        for (j = 2; j <= words; j++) {
          key = tolower(word[j]) family(word[1])
          ours[key] = ours[key] " " word[1] " "
        }
      }
      marker = "# provision:" ENVIRON["B_NAME"]
      check = ENVIRON["B_MODE"] == "check"
      self = tolower(ENVIRON["B_SELF"])
    }
    $0 == marker " begin" { inside = 1 }
    inside { print; if ($0 == marker " end") inside = 0; next }
    {
      line = $0
      sub(/[#\r].*/, "")
      address = $1
      kept = address
      stray = 0
      for (i = 2; i <= NF; i++) {
        key = tolower($i) family(address)
        if (key in ours && !index(ours[key], " " address " ") && !(address ~ /^(127[.]|::1$)/ && tolower($i) == self)) stray = 1
        else kept = kept " " $i
      }
      if (!stray) { if (!check) print line; next }
      if (check) { print line; next }
      print "# taken over by provision: " line
      if (kept != address) print kept " # provision: the rest of the line above"
    }' "$2"
}

# end_of_main FILE: prints the number of the last line of [main] that is not blank; 0 where there is no [main].
end_of_main() {
  awk '/^\[/ { main = /^\[main\]/ } main && /[^ \t]/ { last = NR } END { print last + 0 }' "$1"
}
