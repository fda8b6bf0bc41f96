# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- containerd's configuration, which others may have written -----------------------

# toml_settings FILE: prints a line "TABLE<tab>KEY<tab>VALUE" for each setting of a TOML file, as containerd's is written: tables,
# keys of one part, values of any number of lines, which become one. TABLE is as plugins."io.containerd.grpc.v1.cri".registry.
# Status 3, with the line and what is wrong with it, where it could not be read.
toml_settings() {
  awk '
    function bad(what) { printf "line %d: %s\n", NR, what >"/dev/stderr"; failed = 1; exit 3 }
    # clean TEXT: without a comment; counts in depth the brackets that are open.
    function clean(text, i, c, quote, all) {
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (quote != "") {
          if (c == "\\" && quote == "\"") { all = all c; c = substr(text, ++i, 1) }
          else if (c == quote) quote = ""
        } else if (c == "#") break
        else if (c == "\"" || c == sq) quote = c
        else if (c ~ /[[{]/) depth++
        else if (c ~ /[]}]/) depth--
        all = all c
      }
      if (quote != "") bad("a string without its end")
      sub(/^[ \t\r]+/, "", all)
      sub(/[ \t\r]+$/, "", all)
      return all
    }
    BEGIN { sq = sprintf("%c", 39); table = "" }
    index($0, "\"\"\"") || index($0, sq sq sq) { bad("a string of several lines") }
    depth > 0 {
      value = value " " clean($0)
      if (depth == 0) print table "\t" key "\t" value
      next
    }
    { depth = 0; line = clean($0) }
    line == "" { next }
    line ~ /^\[\[/ { bad("an array of tables") }
    line ~ /^\[/ {
      if (depth != 0 || line !~ /\]$/) bad("the name of a table is expected")
      table = substr(line, 2, length(line) - 2)
      gsub(sq, "\"", table)
      gsub(/^[ \t]+|[ \t]+$/, "", table)
      next
    }
    {
      at = index(line, "=")
      key = substr(line, 1, at - 1)
      value = substr(line, at + 1)
      gsub(/^[ \t]+|[ \t]+$/, "", key)
      gsub(/^[ \t]+|[ \t]+$/, "", value)
      if (key ~ /^"[^"]*"$/ || (substr(key, 1, 1) == sq && substr(key, length(key)) == sq)) key = substr(key, 2, length(key) - 2)
      else if (key !~ /^[A-Za-z0-9_-]+$/) bad("a name, = and a value are expected")
      if (value == "") bad("a value is missing")
      if (depth == 0) print table "\t" key "\t" value
    }
    END { if (!failed && depth > 0) bad("brackets without their end"); if (failed) exit 3 }' "$1"
}

# containerd_settings PATH: prints the config.toml that is to be there: ours, on stdin, and what others set beside it. Leaves in
# $P_RUN/containerd.$P_TASK what it is made of: `keys` are ours, `kept` theirs. Status 3, which ends a program, where something
# of theirs could neither stay nor go. Reads stdin.
containerd_settings() {
  c_path=$1 c_work=$P_RUN/containerd.$P_TASK
  rm -rf "$c_work" && mkdir "$c_work" && cat >"$c_work/ours" || return 1
  entry_name "$c_path"
  c_entry=$P_STATE/ledger/file/$R
  toml_settings "$c_work/ours" >"$c_work/ours.list" && cut -f 1,2 "$c_work/ours.list" >"$c_work/keys" && : >"$c_work/kept" &&
    cat "$c_entry/keys" "$c_work/keys" 2>/dev/null | sort -u >"$c_work/ever" || return 1
  # One that we wrote whole, before keys were noted, is ours altogether.
  if [ ! -s "$c_path" ] || { [ ! -s "$c_entry/keys" ] && file_is_ours "$c_path"; }; then
    cat "$c_work/ours"
    return
  fi
  if ! toml_settings "$c_path" >"$c_work/theirs.list" 2>"$c_work/wrong"; then
    if ever_written "$c_path"; then cat "$c_work/ours" && return; fi
    say "$c_path was not written by provision and cannot be read: $(cat "$c_work/wrong"). Write it in a simpler way, or move it away"
    return 3
  fi
  # What is only spelt out of containerd's own is nobody's choice.
  if ! ever_written "$c_path" && command -v containerd >/dev/null; then
    if timeout 20 containerd config default >"$c_work/default" 2>/dev/null; then
      toml_settings "$c_work/default" >"$c_work/default.list" 2>/dev/null || : >"$c_work/default.list"
    fi
  fi
  [ -e "$c_work/default.list" ] || : >"$c_work/default.list" || return 1
  # Places of the runtime stay though they are the default: another release may have another.
  awk -F '\t' '
    FILENAME == ARGV[1] { ever[$1 FS $2] = 1; next }
    FILENAME == ARGV[2] { spelt[$0] = 1; next }
    $1 == "" && $2 ~ /^(version|disabled_plugins)$/ { next }
    ($1 FS $2) in ever { next }
    $0 in spelt && !($1 == "" && $2 ~ /^(root|state)$/) { next }
    $3 == "{}" || $3 == "[]" || $3 == "\"\"" { if ($1 ~ /\.registry(\.|$)/) next }
    { print }' "$c_work/ever" "$c_work/default.list" "$c_work/theirs.list" >"$c_work/kept" || return 1
  containerd_conflicts || return
  join_settings
}

# containerd_conflicts: status 3 where a setting of theirs can neither stay nor go.
containerd_conflicts() {
  c_tab=$(printf '\t')
  c_wrong=$(awk -F '\t' '
    $1 ~ /\.registry\.(mirrors|configs|auths)/ { print "[" $1 "] " $2; next }
    $1 ~ /\.registry$/ && $2 ~ /^(mirrors|configs|auths)$/ { print "[" $1 "] " $2 }' "$c_work/kept" | head -n 5)
  c_place=$(sed -n "s/^[^$c_tab]*\\.registry${c_tab}config_path$c_tab//p" "$c_work/theirs.list" | tr -d "\"'")
  case $c_place in '' | /etc/containerd/certs.d | /etc/containerd/certs.d:/etc/docker/certs.d) ;; *)
    ever_written "$c_path" || c_wrong="$c_wrong${c_wrong:+$nl}config_path = $c_place"
    ;;
  esac
  if [ -n "$c_wrong" ]; then
    say "$c_path sets registries in a way that containerd does not take beside /etc/containerd/certs.d, which provision uses:" \
      "$(printf '%s' "$c_wrong" | tr '\n' ';'). Write them as mirrors: { registries: … } and registries: { private: [...] } into the" \
      'inventory, and take them out of the file'
    return 3
  fi
  c_version=$(sed -n "s/^${c_tab}version$c_tab//p" "$c_work/theirs.list")
  [ "$c_version" != 2 ] || return 0
  c_wrong=$(awk -F '\t' '$1 ~ /^plugins(\.|$)/ && $2 !~ /^(SystemdCgroup|sandbox|sandbox_image|config_path|bin_dirs?|conf_dir)$/ {
    print "[" $1 "] " $2 }' "$c_work/kept" | head -n 8)
  if [ -z "$c_wrong" ]; then
    grep -v '^plugins' "$c_work/kept" >"$c_work/kept.top"
    cp "$c_work/kept.top" "$c_work/kept"
    return
  fi
  say "$c_path is of version ${c_version:-1}, and provision writes version 2, which containerd 1.x reads too: these settings of plugins would go:" \
    "$(printf '%s' "$c_wrong" | tr '\n' ';'). Write them in version 2, or move the file away"
  return 3
}

# join_settings: ours with what is kept in the tables in which it is.
join_settings() {
  if [ ! -s "$c_work/kept" ]; then
    cat "$c_work/ours"
    return
  fi
  awk -F '\t' -v kept="$c_work/kept" '
    function rest(table, i) {
      for (i = 1; i <= n; i++) if (tables[i] == table && !done[i]) { print lines[i]; done[i] = 1 }
    }
    BEGIN {
      while ((getline line <kept) > 0) {
        split(line, part, "\t")
        tables[++n] = part[1]
        lines[n] = (part[2] ~ /^[A-Za-z0-9_-]+$/ ? part[2] : "\"" part[2] "\"") " = " substr(line, length(part[1]) + length(part[2]) + 3)
      }
      FS = "\n"
    }
    /^[ \t]*\[/ {
      rest(table)
      table = $0
      gsub(/^[ \t]*\[|\][ \t]*$/, "", table)
      if (NR > 1 && !blank) print ""
    }
    { print; blank = $0 == "" }
    END {
      rest(table)
      for (i = 1; i <= n; i++) if (!done[i]) { print "\n[" tables[i] "]"; rest(tables[i]) }
    }' "$c_work/ours"
}

# containerd_settings_are PATH. Reads stdin.
containerd_settings_are() {
  containerd_settings "$1" >"$P_RUN/containerd.wanted" && roots_file_is "$1" "$P_RUN/containerd.wanted"
}

# set_containerd_settings PATH. Reads stdin.
set_containerd_settings() {
  ledger_file "$1" && c_again=$(! ever_written "$1" || echo 1) && containerd_settings "$1" >"$P_RUN/containerd.wanted" || return
  # Before the file, which would be taken for somebody else's without them.
  put_note "$c_entry/keys" <"$c_work/ever" &&
    write_file "$1" 644 root root <"$P_RUN/containerd.wanted" || return 1
  # Sandbox, directories: another runtime than this kubelet's has no use for them, and an operator may.
  c_replaced=$(awk -F '\t' '
    FILENAME == ARGV[1] { ours[$1 FS $2] = $3; next }
    ($1 FS $2) in ours && ours[$1 FS $2] != $3 { printf "%s = %s; ", $2, $3 }' "$c_work/ours.list" "$c_work/theirs.list" 2>/dev/null) || :
  [ -z "$c_replaced" ] || [ -n "$c_again" ] || note "$1 was here, and provision replaced these settings: ${c_replaced%; }"
  [ ! -s "$c_work/kept" ] || [ -n "$c_again" ] || note "$1 was here: it keeps $(cut -f 1,2 "$c_work/kept" | head -n 20 | tr '\t\n' '  ')"
}
