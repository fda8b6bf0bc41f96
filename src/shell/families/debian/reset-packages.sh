# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: packages (apt) ------------------------------------------------------------------
# What goes is what apt itself would call unneeded, asked of a copy of its notes in which all that provision installed
# counts as installed automatically. So whatever an operator's package depends on or recommends stays, through any chain.

# By what is installed alone: lists, pins and the operator's options for removals have no say, and nothing takes a removed
# package's place.
apt_alone="-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/dev/null -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
-o APT::Get::AutomaticRemove=false -o APT::Get::AutomaticRemove::Kernels=false -o APT::Get::Purge=false"

# removal_of APT-GET-ARGUMENT...: names of what apt would remove.
removal_of() {
  # shellcheck disable=SC2086 # options
  apt-get -s -q $apt_alone "$@" >"$P_RUN/apt.says" || return 1
  sed -nE 's/^(Purg|Remv) ([^ ]*).*/\2/p' "$P_RUN/apt.says"
}

# packages_to_remove: names. Writes why others of ours stay to $P_RUN/stays, a line each. Status 1: apt does not say.
packages_to_remove() {
  : >"$P_RUN/stays"
  our_packages >"$P_RUN/ours"
  came_along >"$P_RUN/along" || return 1
  [ -s "$P_RUN/ours" ] || [ -s "$P_RUN/along" ] || return 0
  copy_notes || return 1
  r_go=$(removal_of -o Dir::State::status="$P_RUN/apt.status" -o Dir::State::extended_states="$P_RUN/apt.states" \
    -o APT::AutoRemove::RecommendsImportant=true -o APT::AutoRemove::SuggestsImportant=true autoremove) || return 1
  while read -r r_name; do
    case $nl$r_go$nl in *"$nl$r_name$nl"*) ;; *) why_stays >>"$P_RUN/stays" ;; esac
  done <"$P_RUN/ours"
  [ -z "$r_go" ] || printf '%s\n' "$r_go"
}

# came_along: installed automatically, since we came, and wanted now: through dependencies alone, since provision installs
# nothing else. What nothing wants already is somebody else's, unless a reset that was cut short left it.
came_along() {
  packages_before >"$P_RUN/before"
  [ -s "$P_RUN/before" ] || return 0
  # shellcheck disable=SC2086 # options
  apt-mark $apt_alone showauto >"$P_RUN/auto" || return 1
  [ -s "$P_RUN/auto" ] || return 0
  removal_of -o APT::AutoRemove::RecommendsImportant=false -o APT::AutoRemove::SuggestsImportant=false autoremove >"$P_RUN/unneeded" || return 1
  {
    cat "$P_RUN/ours" "$P_RUN/before"
    if [ -s "$P_STATE/reset/packages" ]; then grep -vFxf "$P_STATE/reset/packages" "$P_RUN/unneeded" || :; else cat "$P_RUN/unneeded"; fi
    # shellcheck disable=SC2016 # dpkg's fields
    dpkg-query -W -f '${db:Status-Want} ${Package}\n' | sed -n 's/^hold //p'
  } >"$P_RUN/others"
  # A name of another architecture is written NAME:ARCHITECTURE.
  awk 'FILENAME == ARGV[1] { others[$1]; next } { name = $1; sub(/:.*/, "", name) } !($1 in others) && !(name in others)' \
    "$P_RUN/others" "$P_RUN/auto"
}

# copy_notes: dpkg's status and apt's marks. What was there before us did without ours and what came along: that it
# recommends or suggests one of them does not count, nor does that anything suggests one of ours; nor do our own holds.
copy_notes() {
  r_arch='' r_status=''
  eval "$(apt-config shell r_arch APT::Architecture r_status Dir::State::status/f)" || return 1
  cat "$P_RUN/ours" "$P_RUN/along" | while IFS=: read -r c_name c_own; do
    printf 'Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n' "$c_name" "${c_own:-$r_arch}"
  done >"$P_RUN/apt.states"
  for c_which in ours along; do
    [ -s "$P_RUN/$c_which" ] || continue
    # shellcheck disable=SC2016,SC2046 # dpkg's fields; names
    dpkg-query -W -f "$c_which"' ${Package}, ${Provides}\n' $(cat "$P_RUN/$c_which")
  done >"$P_RUN/names" || return 1
  awk '
    FILENAME == ARGV[1] {
      which = $1
      count = split(substr($0, length(which) + 2), names, /, */)
      for (i = 1; i <= count; i++) { sub(/[ (:].*/, "", names[i]); if (names[i] != "") brought[names[i]] = which }
      next
    }
    FILENAME == ARGV[2] { before[$1]; next }
    /^Package: / { known = ($2 in before); mine = (brought[$2] == "ours") }
    /^Status: hold / && mine { sub(/hold/, "install") }
    /^Suggests: / || (known && /^Recommends: /) {
      kept = ""
      count = split(substr($0, index($0, " ") + 1), groups, /, */)
      for (i = 1; i <= count; i++) {
        hit = 0
        others = split(groups[i], names, / *\| */)
        for (j = 1; j <= others; j++) { sub(/[ (:].*/, "", names[j]); if ((names[j] in brought) && (known || brought[names[j]] == "ours")) hit = 1 }
        if (!hit) kept = kept (kept == "" ? "" : ", ") groups[i]
      }
      if (kept == "") next
      $0 = $1 " " kept
    }
    { print }
  ' "$P_RUN/names" "$P_RUN/before" "$r_status" >"$P_RUN/apt.status" || return 1
}

# why_stays: of $r_name, while $r_go goes.
why_stays() {
  r_needs=$(removal_of --allow-change-held-packages remove "$r_name" | grep -vFxe "$r_go" -f "$P_RUN/ours" | head -n 1) || :
  if [ -n "$r_needs" ]; then
    printf '%s\n' "the package $r_name stays: $r_needs, which provision did not install, needs it"
  else
    printf '%s\n' "the package $r_name stays: a package that provision did not install recommends it, or apt is configured to keep it"
  fi
}

# erase_packages NAME...: and what was downloaded of them. Not their configuration: see purge_packages.
erase_packages() {
  # shellcheck disable=SC2086 # options
  apt_get $apt_alone --allow-change-held-packages remove "$@" || return 1
  for e_name in "$@"; do rm -f "/var/cache/apt/archives/${e_name%:*}"_*.deb || return 1; done
}

# purge_packages: the configuration of what this reset removed, where the ledger has it by name and there was none before.
# Of what merely came along nothing is purged: a package's script may delete data, and nobody knows whose that is.
purge_packages() {
  u_purge='' u_left=''
  # shellcheck disable=SC2016 # dpkg's fields
  dpkg-query -W -f '${db:Status-Status} ${binary:Package}\n${db:Status-Status} ${Package}\n' | sed -n 's/^config-files //p' | sort -u >"$P_RUN/configured" || return 1
  while read -r u_name; do
    grep -qFxe "$u_name" "$P_RUN/configured" || continue
    had_configuration "$u_name" || if is_ours "$u_name"; then u_purge="$u_purge $u_name"; else u_left="$u_left $u_name"; fi
  done <"$P_STATE/reset/packages"
  # shellcheck disable=SC2086 # options, names
  [ -z "$u_purge" ] || apt_get $apt_alone purge $u_purge || return 1
  [ -z "$u_left" ] || reset_note "the configuration of these packages stays, and their data may stay: to delete both, dpkg --purge$u_left"
}

had_configuration() { grep -qs "^$1=.* left\$" "$P_STATE/ledger/package-set/all/content"; }

# is_present NAME: in whatever state, short of configuration alone.
is_present() {
  # shellcheck disable=SC2016 # dpkg's fields
  case $(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | sort -u) in '' | not-installed | config-files) return 1 ;; esac
}

# owned_path PATH: a package that is installed has it.
owned_path() { dpkg-query -S "$1" >/dev/null 2>&1; }

repair_packages() { apt_repair; }

# bring_package NAME VERSION: one that we, or a package of ours, had to remove.
bring_package() {
  apt_get install "$1=$2" || { apt_update && apt_get install "$1=$2"; } || return 1
}

hold_package() { apt-mark -q hold "$1" >/dev/null; }
free_package() { apt-mark -q unhold "$1" >/dev/null; }
