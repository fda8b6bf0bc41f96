# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- packages (dnf, yum) ----------------------------------------------------------

# Without the plugin it is a repository that says who installs what, and that one is not ours to change.
holds_are_ours() { versionlock_there; }

# Somebody else's dnf is waited for, P_LOCK_SECONDS long: dnf 4 itself would wait without an end, and dnf 5 does not wait and knows
# exit_on_lock by name only (doc/dnf5.conf-todo.5.rst): it fails, and says for what.
rpm_tool() {
  t_name=dnf t_end=$(($(since_boot) + ${P_LOCK_SECONDS:-300}))
  command -v dnf >/dev/null || t_name=yum
  while :; do
    t_status=0
    "$t_name" -y --setopt=exit_on_lock=True "$@" 2>"$P_RUN/rpm-tool.${P_TASK:-}" || t_status=$?
    cat "$P_RUN/rpm-tool.${P_TASK:-}" >&2
    [ "$t_status" = 200 ] || { [ "$t_status" != 0 ] && locked_out "$P_RUN/rpm-tool.${P_TASK:-}"; } || return "$t_status"
    if [ "$(since_boot)" -ge "$t_end" ]; then
      say "another $t_name has had its lock for ${P_LOCK_SECONDS:-300} s (timeouts.ready in the inventory): wait for it to end, or end it"
      return 1
    fi
    say "waiting for another $t_name to end"
    sleep 3
  done
}

# locked_out FILE: whether it says that another transaction has the lock: of dnf 5, or of rpm itself.
locked_out() { grep -qE 'obtain rpm transaction lock|(create|get) [a-z]* ?(transaction )?lock on .*\.rpm\.lock' "$1"; }

# rpm_ours VERB...: what a repository excludes is held against others, not against us. `all` is the word of dnf 4, `*` that
# of dnf 5, which has no option of that name any more.
rpm_ours() { rpm_tool '--setopt=disable_excludes=all,*' "$@"; }

# install_packages HOLD FROM SPEC...: those that are not so yet, in one transaction; FROM is the repository that has them, or -.
install_packages() {
  i_hold=$1 i_from=$2
  shift 2
  ledger_packages "$@" || return 1
  i_names='' i_wanted=''
  for i_spec in "$@"; do
    i_names="$i_names ${i_spec%%=*}"
    package_is any "$i_spec" && continue
    case $i_spec in
    *=*) i_wanted="$i_wanted ${i_spec%%=*}-${i_spec#*=}" ;;
    *) i_wanted="$i_wanted $i_spec" ;;
    esac
  done
  # shellcheck disable=SC2086 # lists of words
  {
    # A lock of ours is on the version to be replaced.
    [ -z "$i_wanted" ] || { unlock_packages $i_names && with_keys dnf_install "$i_from" $i_wanted; } || return 1
    case $i_hold in
    hold) hold_packages $i_names ;;
    free) unlock_packages $i_names ;;
    esac
  }
}

# dnf_install FROM PACKAGE...: from that repository alone, which spares the others' metadata; with the metadata there is; with
# fresh; without the repositories that are out of order.
dnf_install() {
  i_from=$1
  shift
  if [ "$i_from" != - ]; then
    rpm_install --disablerepo='*' --enablerepo="$i_from" "$@" && return 0
    say "the repository $i_from alone does not do: trying with all of them"
  fi
  rpm_install "$@" && return 0
  say 'fetching the metadata again and trying once more'
  renew_mirrors
  rpm_tool -q clean expire-cache || :
  rpm_install "$@" && return 0
  say 'trying once more, without the repositories that cannot be reached'
  rpm_install --setopt=skip_if_unavailable=True '--setopt=*.skip_if_unavailable=True' "$@"
}
rpm_install() { rpm_ours install --setopt=install_weak_deps=False "$@"; }

remove_packages() {
  ledger_packages "$@" && unlock_packages "$@" && rpm_ours remove "$@"
}

# --- signing keys (rpm) -------------------------------------------------------------

# with_keys COMMAND...: keys that dnf takes up for it are noted as packages of ours, which they are to rpm. What there was
# is on disk before: where we are killed in between, the next one notes them.
with_keys() {
  note_keys || return 1
  k_keys=$(signing_keys | cut -d ' ' -f 1) || return 1
  printf '%s\n' "$k_keys" >"$P_RUN/rpm-keys" && put_note "$P_STATE/rpm-keys" <"$P_RUN/rpm-keys" || return 1
  k_status=0
  "$@" || k_status=$?
  note_keys || return 1
  return "$k_status"
}

# signing_keys: lines "NAME TIME", of when rpm took it up, in seconds since 1970.
signing_keys() { rpm -q --qf '%{NAME}-%{VERSION}-%{RELEASE} %{INSTALLTIME}\n' gpg-pubkey | sed '/^gpg-pubkey-/!d'; }

note_keys() {
  [ -e "$P_STATE/rpm-keys" ] || return 0
  # No install takes an hour: what came later, while the note of one that was killed lay here, is somebody else's.
  k_end=$(($(stat -c %Y "$P_STATE/rpm-keys") + 3600)) || return 1
  signing_keys | while read -r k_name k_time; do
    [ "$k_time" -le "$k_end" ] || continue
    grep -qxFe "$k_name" "$P_STATE/rpm-keys" || ledger package "$k_name" version=absent hold=- || return 1
  done || return 1
  rm -f "$P_STATE/rpm-keys"
}

# renew_rpm_keys FILE: what rpm has taken up of the keys in it is as old as the day on which it did. A key that was renewed has
# the name of the one before, and rpm takes no second one of that name: so that one goes first. It comes back by that name
# at once, for whoever had it before us.
renew_rpm_keys() {
  key_facts "$1" >"$P_RUN/keys.$P_TASK" && signing_keys >"$P_RUN/rpm-keys.$P_TASK" || return 1
  while read -r r_name _; do
    rpm -q --qf '%{DESCRIPTION}\n' "$r_name" >"$P_RUN/rpm-key.$P_TASK" || return 1
    r_old=$(key_facts "$P_RUN/rpm-key.$P_TASK")
    r_new=$(grep "^${r_old% *} " "$P_RUN/keys.$P_TASK") || continue
    case ${r_old##* } in 0 | "${r_new##* }") continue ;; esac
    [ "${r_new##* }" -eq 0 ] || [ "${r_new##* }" -gt "${r_old##* }" ] || continue
    say "rpm has the signing key $r_name as it was before it was renewed: it is replaced"
    rpm -e "$r_name" && rpm --import "$1" || return 1
  done <"$P_RUN/rpm-keys.$P_TASK"
}

# --- repositories (dnf, yum) --------------------------------------------------------

# repository_is NAME KEY-DIGEST DIGEST...: one of each mirror. KEY-DIGEST may be empty. Metadata is no part of it: dnf
# fetches what it lacks by itself.
repository_is() {
  file_state "/etc/yum.repos.d/$1.repo" || return 1
  k_name=$1 k_digest=$2 k_list=$R
  shift 2
  case " $* " in *" ${k_list#644 root root } "*) ;; *) return 1 ;; esac
  file_state "/etc/pki/rpm-gpg/provision-$k_name.asc" || return 1
  case $R in "644 root root "*"$k_digest") ;; *) return 1 ;; esac
  key_is_good "$k_name" "${R##* }"
}

# set_repository NAME KEY: KEY is a file with the signing key, the .repo file comes on stdin.
set_repository() {
  write_repository "$1" "$2" || return 1
  retry 3 3 rpm_tool -q --disablerepo='*' --enablerepo="$1" makecache || key_has_ended "$1"
}

# write_repository NAME KEY: the files alone. Reads stdin. Also called as a condition.
write_repository() {
  key_type "$2" >/dev/null || return 1
  cat >"$P_RUN/list" && take_over_sources "$1" "$(sed -n 's/^baseurl=//p' "$P_RUN/list")" || return 1
  ledger_file "/etc/yum.repos.d/$1.repo" || return 1
  ledger_file "/etc/pki/rpm-gpg/provision-$1.asc" || return 1
  renew_rpm_keys "$2" || return 1
  write_file "/etc/pki/rpm-gpg/provision-$1.asc" 644 root root <"$2" || return 1
  write_file "/etc/yum.repos.d/$1.repo" 644 root root <"$P_RUN/list" && note_key "$1" "$2"
}

# refresh_repository NAME SECONDS: its metadata alone, one try.
refresh_repository() {
  k_tool=yum
  ! command -v dnf >/dev/null || k_tool=dnf
  timeout "$2" "$k_tool" -y -q --disablerepo='*' --enablerepo="$1" --setopt=retries=1 --setopt=timeout=10 makecache
}
