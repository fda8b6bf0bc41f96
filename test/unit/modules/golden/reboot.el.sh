# t1 reboot: when owed
t1_check() {
! owed phase-t1 || exit 1
if (eval :); then exit 0; else exit 1; fi
}
t1_apply() {
owed phase-t1 || reboot_not_in_vain phase-t1
request_reboot
}
# t2 reboot: while a command fails
t2_check() {
! owed phase-t2 || exit 1
if (eval '[ -e /sys/fs/cgroup/cgroup.controllers ]'); then exit 0; else exit 1; fi
}
t2_apply() {
owed phase-t2 || reboot_not_in_vain phase-t2
request_reboot
}
