# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- services ---------------------------------------------------------------------

# unit_is UNIT ENABLED RUNNING MASKED: each yes, no or - for whatever it is. A unit that systemd would have to be told
# of again is not as it should be either. One that is held back is enabled once it is let go, by whoever wants it running.
unit_is() {
  if unit_is_held "$1"; then
    if [ "$3" = yes ]; then
      say "$1 was held back by something that did not come to its end"
      return 1
    fi
    [ "$2" != yes ] || return 0
  fi
  unit "$1" || R='not-found inactive - no'
  # shellcheck disable=SC2086 # four words
  set -- "$1" "$2" "$3" "$4" $R
  if [ "$5" = not-found ]; then
    [ "$2" != yes ] && [ "$3" != yes ] && return 0
    say "$1 does not exist"
    # In a plan an earlier task may bring it, and with it whatever the package makes of it: nobody can tell.
    [ "$P_MODE$P_UNSURE" != check1 ] || return 2
    return 1
  fi
  case $4$7 in yesmasked | no[!m]* | no | -*) ;; *)
    say "$1 is $7, wanted masked: $4"
    return 1
    ;;
  esac
  case $2$7 in
  yesenabled | yesstatic | yesalias | yesindirect | yesgenerated) ;;
  nodisabled | nostatic | nomasked | noindirect | nogenerated | no- | -*) ;;
  *)
    say "$1 is $7, wanted enabled: $2"
    return 1
    ;;
  esac
  case $3$6 in
  yesactive | yesreloading | noinactive | nofailed | -*) ;;
  *)
    say "$1 is $6, wanted running: $3"
    return 1
    ;;
  esac
  [ "$8" = no ] || [ "$7" = masked ] || {
    say "systemd has not read $1 again since it changed"
    return 1
  }
}

# ready_unit UNIT MASKED: notes it in the ledger, and takes a mask off it where MASKED is no. Only where it is called
# for, since systemd reads all units anew for that; and for those that changed since it did.
ready_unit() {
  ledger_unit "$1" || return 1
  case $2$R in no*' masked'*) systemctl -q unmask "$1" || return 1 ;; esac
  case $R in not-found* | *' yes') systemctl daemon-reload ;; esac
}

# run_unit VERB UNIT: and where it does not come up, what systemd and its log say about it. systemd calls it a success that a
# condition of a unit's file (ConditionCapability=, ConditionPathExists=) keeps it from being started.
run_unit() {
  systemctl reset-failed "$2" 2>/dev/null || :
  u_status=0 u_state=''
  systemctl "$1" "$2" || u_status=$?
  [ "$u_status" -ne 0 ] || u_state=$(systemctl show -p ActiveState -p ConditionResult "$2" 2>/dev/null | sort | tr '\n' ' ')
  [ "$u_state" != 'ActiveState=inactive ConditionResult=no ' ] || u_status=1
  [ "$u_status" -ne 0 ] || return 0
  systemctl --no-pager --full --lines 25 status "$2" >"$P_RUN/unit.status" 2>&1 || :
  cat "$P_RUN/unit.status" >&2
  [ -z "$u_state" ] || say "systemd does not start $2 on this host: $(sed -n 's/^[^[:alnum:]]*\(Condition[A-Za-z]*=.*\)/\1/p' "$P_RUN/unit.status" | tr '\n' ' ')"
  return "$u_status"
}
