#!/bin/sh
# Runs before the real runc (beside it, named runc.real) on hosts that lack capabilities: removes from a container's
# configuration what such a host cannot grant. containerd and Docker write that configuration without blanks.
set -eu

# In the order of their numbers in the kernel.
names='CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT
SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'

# Sets $file to the description of the process to start, or to nothing.
find_configuration() {
  command='' bundle='' process='' option=''
  for argument; do
    case $option in
      bundle) bundle=$argument ;;
      process) process=$argument ;;
    esac
    [ -z "$option" ] || { option='' && continue; }
    case $argument in
      create | run | restore | exec) command=$argument ;;
      --bundle | -b) option=bundle ;;
      --bundle=*) bundle=${argument#*=} ;;
      --process | -p) option=process ;;
      --process=*) process=${argument#*=} ;;
    esac
  done
  case $command in
    '') file='' ;;
    exec) file=$process ;;
    *) file=${bundle:+$bundle/}config.json ;;
  esac
}

# Sets $removals to what removes each capability that this process itself lacks, for sed.
find_removals() {
  effective=0 number=0 removals=''
  while read -r field value; do
    if [ "$field" = CapEff: ]; then effective=$((0x$value)); fi
  done </proc/self/status
  for name in $names; do
    if [ $((effective >> number & 1)) -eq 0 ]; then
      removals="$removals;s/\"CAP_$name\",//g;s/,*\"CAP_$name\"//g"
      # Without this one, the score of a process can only rise.
      if [ "$name" = SYS_RESOURCE ]; then removals="$removals;s/\"oomScoreAdj\":-[0-9]*/\"oomScoreAdj\":0/"; fi
    fi
    number=$((number + 1))
  done
}

find_configuration "$@"
if [ -n "$file" ]; then
  find_removals
  text=$(sed "$removals" "$file")
  printf '%s\n' "$text" >"$file"
fi
exec "$0.real" "$@"
